import { parseInteger } from "../../numbers/integer.js";
import { ErrorReply, MapReply } from "../../resp/reply.js";
import type { Arguments } from "../arguments.js";
import type { ConnectionCommand } from "../connection-command.js";
import { checkClientName } from "./client-name.js";
import { redisVersion } from "./redis-version.js";

/** `HELLO [2 | 3 [AUTH username password] [SETNAME name]]`: chooses the protocol; says what this is. */
export const hello: ConnectionCommand = {
  name: "hello",
  arity: -1,
  run(session, args) {
    const protocol = args.count > 1 ? readProtocol(args) : session.protocol;
    const name = readName(args);
    if (name !== undefined) session.name = name;
    session.protocol = protocol;
    return new MapReply([
      ...["server", "redis", "version", redisVersion, "proto", protocol, "id", session.id],
      ...["mode", "standalone", "role", "master", "modules", []],
    ]);
  },
};

function readProtocol(args: Arguments): 2 | 3 {
  const version = parseInteger(args.bytes(1));
  if (version === undefined) throw new ErrorReply("ERR Protocol version is not an integer or out of range");
  if (version !== 2n && version !== 3n) throw new ErrorReply("NOPROTO unsupported protocol version");
  return version === 2n ? 2 : 3;
}

function readName(args: Arguments): string | undefined {
  let name: string | undefined;
  for (let index = 2; index < args.count; ) {
    const word = args.keyword(index);
    const rest = args.count - index - 1;
    if (word === "AUTH" && rest >= 2) index += 3;
    else if (word === "SETNAME" && rest >= 1) {
      name = args.text(index + 1);
      checkClientName(name);
      index += 2;
    } else throw new ErrorReply(`ERR Syntax error in HELLO option '${args.shown(index)}'`);
  }
  return name;
}

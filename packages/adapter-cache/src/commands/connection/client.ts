import { ErrorReply, ok, type Reply } from "../../resp/reply.js";
import type { Session } from "../../session/session.js";
import { arityError, type Arguments } from "../arguments.js";
import type { ConnectionCommand } from "../connection-command.js";
import { checkClientName } from "./client-name.js";

interface Subcommand {
  readonly arity: number;
  run(session: Session, args: Arguments): Reply;
}

const subcommands: ReadonlyMap<string, Subcommand> = new Map<string, Subcommand>([
  ["id", { arity: 2, run: (session) => session.id }],
  ["getname", { arity: 2, run: (session) => (session.name === "" ? null : session.name) }],
  [
    "setname",
    {
      arity: 3,
      run(session, args) {
        checkClientName(args.text(2));
        session.name = args.text(2);
        return ok;
      },
    },
  ],
  // Clients tell name and version of their library; nothing here lists them.
  ["setinfo", { arity: 4, run: () => ok }],
]);

/** `CLIENT ID | GETNAME | SETNAME name | SETINFO attribute value`. */
export const client: ConnectionCommand = {
  name: "client",
  arity: -2,
  run(session, args) {
    const name = args.text(1).toLowerCase();
    const subcommand = subcommands.get(name);
    if (subcommand === undefined)
      throw new ErrorReply(`ERR 'CLIENT ${args.keyword(1)}' is not supported by Mecha on ${session.storeType}`);
    if (args.count !== subcommand.arity) throw arityError(`client|${name}`);
    return subcommand.run(session, args);
  },
};

import { ErrorReply, ok } from "../../resp/reply.js";
import { syntaxError, type Arguments } from "../arguments.js";
import { firstKey, type Command } from "../command.js";
import { replaceWhole } from "../streams/stream.js";
import { readDump } from "./read-dump.js";

interface Options {
  readonly replace: boolean;
  /** Whether the time to live is when the key ends. */
  readonly absolute: boolean;
}

/** `RESTORE key ttl dump [REPLACE] [ABSTTL] [IDLETIME seconds] [FREQ frequency]`: stores what DUMP answered. */
export const restore: Command = {
  name: "restore",
  arity: -4,
  keys: firstKey,
  writes: true,
  run(keyspace, args) {
    const key = args.bytes(1);
    const { replace, absolute } = readOptions(args);
    if (!replace && keyspace.find(key) !== undefined) throw new ErrorReply("BUSYKEY Target key name already exists.");
    const ttl = args.position(2);
    if (ttl < 0) throw new ErrorReply("ERR Invalid TTL value, must be >= 0");
    const value = readDump(args.bytes(3));
    const expireAtMs = ttl === 0 ? undefined : absolute ? ttl : keyspace.now + ttl;
    // Redis adds in 64 bits: what overflows has ended long ago.
    const isPast = expireAtMs !== undefined && (expireAtMs <= keyspace.now || (!absolute && expireAtMs >= 2 ** 63));
    if (isPast) keyspace.remove(key);
    else replaceWhole(keyspace, key, { value, expireAtMs });
    return ok;
  },
};

/** Reads the options. When a value was last used, and how often, is checked and not kept. */
function readOptions(args: Arguments): Options {
  let [replace, absolute] = [false, false];
  let idle: number | undefined;
  let frequency: number | undefined;
  for (let index = 4; index < args.count; index++) {
    const word = args.keyword(index);
    const hasMore = index + 1 < args.count;
    if (word === "REPLACE") replace = true;
    else if (word === "ABSTTL") absolute = true;
    else if (word === "IDLETIME" && hasMore && frequency === undefined) {
      idle = args.position(++index);
      if (idle < 0) throw new ErrorReply("ERR Invalid IDLETIME value, must be >= 0");
    } else if (word === "FREQ" && hasMore && idle === undefined) {
      frequency = args.position(++index);
      if (frequency < 0 || frequency > 255) throw new ErrorReply("ERR Invalid FREQ value, must be >= 0 and <= 255");
    } else throw syntaxError();
  }
  return { replace, absolute };
}

import { ErrorReply } from "../resp/reply.js";
import { firstKey, type Command } from "./command.js";
import { checkStringLength } from "./string-length.js";
import { readString } from "./strings.js";

/** `SETRANGE key offset value`: overwrites a part of the string, with zero bytes before it if it is short. */
export const setrange: Command = {
  name: "setrange",
  arity: 4,
  keys: firstKey,
  writes: true,
  run(keyspace, args) {
    const offset = args.position(2);
    if (offset < 0) throw new ErrorReply("ERR offset is out of range");
    const old = readString(keyspace, args.bytes(1));
    const part = args.bytes(3);
    if (part.length === 0) return old?.length ?? 0;
    checkStringLength(offset + part.length);
    const bytes = Buffer.alloc(Math.max(old?.length ?? 0, offset + part.length));
    old?.copy(bytes);
    part.copy(bytes, offset);
    keyspace.update(args.bytes(1), { type: "string", bytes });
    return bytes.length;
  },
};

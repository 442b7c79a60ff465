import { ErrorReply } from "../resp/reply.js";
import { firstKey, type Command } from "./command.js";
import { addFloats } from "./float-addition.js";
import { readString } from "./strings.js";

/** `INCRBYFLOAT key amount`: adds to the number in a string. */
export const incrbyfloat: Command = {
  name: "incrbyfloat",
  arity: 3,
  keys: firstKey,
  writes: true,
  run(keyspace, args) {
    const old = readString(keyspace, args.bytes(1));
    const bytes = addFloats(old, args.bytes(2), new ErrorReply("ERR value is not a valid float"));
    keyspace.update(args.bytes(1), { type: "string", bytes });
    return bytes;
  },
};

import { firstKey, type Command } from "./command.js";
import { checkStringLength } from "./string-length.js";
import { readString } from "./strings.js";

/** `APPEND key value`: adds to the end of a string; replies its length. */
export const append: Command = {
  name: "append",
  arity: 3,
  keys: firstKey,
  writes: true,
  run(keyspace, args) {
    const old = readString(keyspace, args.bytes(1));
    const added = args.bytes(2);
    if (old !== undefined) checkStringLength(old.length + added.length);
    const bytes = old === undefined ? added : Buffer.concat([old, added]);
    keyspace.update(args.bytes(1), { type: "string", bytes });
    return bytes.length;
  },
};

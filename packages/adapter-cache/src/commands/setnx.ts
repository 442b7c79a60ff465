import { firstKey, type Command } from "./command.js";
import { storeString } from "./strings.js";

/** `SETNX key value`: stores a string if the key is absent; 1 if it did. */
export const setnx: Command = {
  name: "setnx",
  arity: 3,
  keys: firstKey,
  writes: true,
  run(keyspace, args) {
    if (keyspace.find(args.bytes(1)) !== undefined) return 0;
    storeString(keyspace, args.bytes(1), args.bytes(2));
    return 1;
  },
};

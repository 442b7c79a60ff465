import { firstKey, type Command } from "./command.js";
import { openHash } from "./hashes.js";

/** `HSETNX key field value`: sets a field if it is absent; 1 if it did. */
export const hsetnx: Command = {
  name: "hsetnx",
  arity: 4,
  keys: firstKey,
  writes: true,
  run(keyspace, args) {
    const hash = openHash(keyspace, args.bytes(1));
    if (hash.fields.has(args.text(2))) return 0;
    hash.fields.set(args.text(2), args.bytes(3));
    keyspace.update(args.bytes(1), hash);
    return 1;
  },
};

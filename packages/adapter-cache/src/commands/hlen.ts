import { firstKey, type Command } from "./command.js";
import { readHash } from "./hashes.js";

/** `HLEN key`: how many fields the hash has. */
export const hlen: Command = {
  name: "hlen",
  arity: 2,
  keys: firstKey,
  writes: false,
  run: (keyspace, args) => readHash(keyspace, args.bytes(1))?.size ?? 0,
};

/** `HSTRLEN key field`: how many bytes the field's value has. */
export const hstrlen: Command = {
  name: "hstrlen",
  arity: 3,
  keys: firstKey,
  writes: false,
  run: (keyspace, args) => readHash(keyspace, args.bytes(1))?.get(args.text(2))?.length ?? 0,
};

/** `HEXISTS key field`: 1 if the field is there. */
export const hexists: Command = {
  name: "hexists",
  arity: 3,
  keys: firstKey,
  writes: false,
  run: (keyspace, args) => (readHash(keyspace, args.bytes(1))?.has(args.text(2)) ? 1 : 0),
};

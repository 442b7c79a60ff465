import { firstKey, type Command } from "./command.js";
import { readHash } from "./hashes.js";

/** `HGET key field`: the field's value. */
export const hget: Command = {
  name: "hget",
  arity: 3,
  keys: firstKey,
  writes: false,
  run: (keyspace, args) => readHash(keyspace, args.bytes(1))?.get(args.text(2)) ?? null,
};

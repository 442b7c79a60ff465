import { firstKey, type Command } from "./command.js";
import { readHash } from "./hashes.js";

/** `HMGET key field…`: the fields' values. */
export const hmget: Command = {
  name: "hmget",
  arity: -3,
  keys: firstKey,
  writes: false,
  run(keyspace, args) {
    const fields = readHash(keyspace, args.bytes(1));
    const names = args.texts(2);
    fields?.gather?.(names);
    return names.map((name) => fields?.get(name) ?? null);
  },
};

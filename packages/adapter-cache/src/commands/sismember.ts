import { firstKey, type Command } from "./command.js";
import { readSet } from "./sets.js";

/** `SISMEMBER key member`: 1 if it is a member. */
export const sismember: Command = {
  name: "sismember",
  arity: 3,
  keys: firstKey,
  writes: false,
  run: (keyspace, args) => (readSet(keyspace, args.bytes(1)).has(args.text(2)) ? 1 : 0),
};

/** `SMISMEMBER key member…`: 1 or 0 for each. */
export const smismember: Command = {
  name: "smismember",
  arity: -3,
  keys: firstKey,
  writes: false,
  run(keyspace, args) {
    const members = readSet(keyspace, args.bytes(1));
    const names = args.texts(2);
    members.gather?.(names);
    return names.map((name) => (members.has(name) ? 1 : 0));
  },
};

import { firstKey, type Command } from "./command.js";
import { openSet } from "./sets.js";

/** `SADD key member…`: adds members; how many are new. */
export const sadd: Command = {
  name: "sadd",
  arity: -3,
  keys: firstKey,
  writes: true,
  run(keyspace, args) {
    const set = openSet(keyspace, args.bytes(1));
    const before = set.members.size;
    for (let index = 2; index < args.count; index++) set.members.add(args.text(index));
    if (set.members.size > before) keyspace.update(args.bytes(1), set);
    return set.members.size - before;
  },
};

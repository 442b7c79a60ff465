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
    const added = args.texts(2);
    set.members.gather?.(added);
    for (const member of added) set.members.add(member);
    if (set.members.size > before) keyspace.update(args.bytes(1), set);
    return set.members.size - before;
  },
};

import { firstKey, type Command } from "./command.js";
import { openSet } from "./sets.js";

/** `SREM key member…`: removes members; how many were there. */
export const srem: Command = {
  name: "srem",
  arity: -3,
  keys: firstKey,
  writes: true,
  run(keyspace, args) {
    const set = openSet(keyspace, args.bytes(1));
    const before = set.members.size;
    const removed = args.texts(2);
    set.members.gather?.(removed);
    for (const member of removed) set.members.delete(member);
    if (set.members.size < before) keyspace.update(args.bytes(1), set);
    return before - set.members.size;
  },
};

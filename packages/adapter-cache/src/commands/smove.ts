import { firstTwoKeys, type Command } from "./command.js";
import { openSet } from "./sets.js";

/** `SMOVE source destination member`: moves a member; 1 if it was there. */
export const smove: Command = {
  name: "smove",
  arity: 4,
  keys: firstTwoKeys,
  writes: true,
  run(keyspace, args) {
    const member = args.text(3);
    if (keyspace.find(args.bytes(1)) === undefined) return 0;
    const source = openSet(keyspace, args.bytes(1));
    const target = openSet(keyspace, args.bytes(2));
    if (args.bytes(1).equals(args.bytes(2))) return source.members.has(member) ? 1 : 0;
    if (!source.members.delete(member)) return 0;
    keyspace.update(args.bytes(1), source);
    target.members.add(member);
    keyspace.update(args.bytes(2), target);
    return 1;
  },
};

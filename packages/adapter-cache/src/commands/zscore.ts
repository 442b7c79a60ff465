import { Double } from "../resp/reply.js";
import { firstKey, type Command } from "./command.js";
import { openSortedSet } from "./sorted-sets.js";

/** `ZSCORE key member`: the member's score. */
export const zscore: Command = {
  name: "zscore",
  arity: 3,
  keys: firstKey,
  writes: false,
  run(keyspace, args) {
    const score = openSortedSet(keyspace, args.bytes(1)).scores.get(args.text(2));
    return score === undefined ? null : new Double(score);
  },
};

/** `ZMSCORE key member…`: the score of each. */
export const zmscore: Command = {
  name: "zmscore",
  arity: -3,
  keys: firstKey,
  writes: false,
  run(keyspace, args) {
    const { scores } = openSortedSet(keyspace, args.bytes(1));
    const members = args.texts(2);
    scores.gather?.(members);
    return members.map((member) => {
      const score = scores.get(member);
      return score === undefined ? null : new Double(score);
    });
  },
};

import { Double, ErrorReply, PairsReply } from "../resp/reply.js";
import { syntaxError } from "./arguments.js";
import { firstKey, type Command } from "./command.js";
import { toBytes } from "./hashes.js";
import { randomMembers, readCount } from "./random-members.js";
import { openSortedSet } from "./sorted-sets.js";

/** `ZRANDMEMBER key [count [WITHSCORES]]`: members chosen at random. */
export const zrandmember: Command = {
  name: "zrandmember",
  arity: -2,
  keys: firstKey,
  writes: false,
  run(keyspace, args) {
    const count = readCount(args);
    const withScores = args.keyword(3) === "WITHSCORES";
    if (args.count > 4 || (args.count === 4 && !withScores)) throw syntaxError();
    if (count !== undefined && withScores && Math.abs(count) > 2 ** 62)
      throw new ErrorReply("ERR value is out of range");
    const chosen = randomMembers([...openSortedSet(keyspace, args.bytes(1)).scores], count ?? 1);
    const pairs = chosen.map(([member, score]) => [toBytes(member), new Double(score)] as const);
    if (count === undefined) return pairs[0]?.[0] ?? null;
    return withScores ? new PairsReply(pairs) : pairs.map(([member]) => member);
  },
};

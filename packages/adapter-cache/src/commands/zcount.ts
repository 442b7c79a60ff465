import { firstKey, type Command } from "./command.js";
import { readLexRange } from "./lex-range.js";
import { readScoreRange } from "./score-range.js";
import { readRanked } from "./sorted-sets.js";

/** `ZCOUNT key min max`: how many members have a score in the range. */
export const zcount: Command = {
  name: "zcount",
  arity: 4,
  keys: firstKey,
  writes: false,
  run(keyspace, args) {
    const choose = readScoreRange(args.bytes(2), args.bytes(3));
    const [start, stop] = choose(readRanked(keyspace, args.bytes(1)));
    return stop - start;
  },
};

/** `ZLEXCOUNT key min max`: how many members are in the range of names. */
export const zlexcount: Command = {
  name: "zlexcount",
  arity: 4,
  keys: firstKey,
  writes: false,
  run(keyspace, args) {
    const choose = readLexRange(args.text(2), args.text(3));
    return choose(readRanked(keyspace, args.bytes(1))).length;
  },
};

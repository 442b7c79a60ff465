import { Arguments, syntaxError } from "./arguments.js";
import { firstTwoKeys, type Command } from "./command.js";
import { storeScores } from "./sorted-set-algebra.js";
import { chooseRange } from "./zrange.js";
import { readRangeOptions } from "./zrange-options.js";

/** `ZRANGESTORE destination source min max [BYSCORE | BYLEX] [REV] [LIMIT offset count]`: stores what ZRANGE replies. */
export const zrangestore: Command = {
  name: "zrangestore",
  arity: -5,
  keys: firstTwoKeys,
  writes: true,
  run(keyspace, args) {
    const rest = new Arguments([args.bytes(0), ...args.slice(2)]);
    const options = readRangeOptions(rest, {});
    if (options.withScores) throw syntaxError();
    const found = chooseRange(keyspace, rest, options);
    storeScores(keyspace, args.bytes(1), new Map(found));
    return found.length;
  },
};

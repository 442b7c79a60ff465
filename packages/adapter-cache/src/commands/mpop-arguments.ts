import { syntaxError, type Arguments } from "./arguments.js";
import { readPositive } from "./numbered-keys.js";

/** What LMPOP, ZMPOP and their blocking kin take. */
export interface ManyPop<Side extends string> {
  readonly keys: readonly Buffer[];
  readonly side: Side;
  readonly count: number;
}

/**
 * Reads `numkeys key… side [COUNT count]`.
 *
 * @param start - argument with the number of keys
 * @param sides - the words for the ends from which to take
 */
export function readManyPop<Side extends string>(
  args: Arguments,
  start: number,
  sides: readonly Side[],
): ManyPop<Side> {
  const keyCount = readPositive(args, start, "numkeys");
  const place = start + keyCount + 1;
  if (place >= args.count) throw syntaxError();
  const side = sides.find((each) => each === args.keyword(place));
  if (side === undefined) throw syntaxError();
  let count: number | undefined;
  for (let index = place + 1; index < args.count; index += 2) {
    if (args.keyword(index) !== "COUNT" || index + 1 >= args.count || count !== undefined) throw syntaxError();
    count = readPositive(args, index + 1, "count");
  }
  return { keys: args.slice(start + 1, place), side, count: count ?? 1 };
}

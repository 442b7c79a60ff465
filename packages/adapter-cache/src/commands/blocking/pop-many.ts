import { parseInteger } from "../../numbers/integer.js";
import { ErrorReply } from "../../resp/reply.js";
import { syntaxError, type Arguments } from "../arguments.js";

/** What LMPOP, ZMPOP and their blocking kin are asked for. */
export interface PopMany<W extends string> {
  readonly keys: readonly Buffer[];
  readonly where: W;
  readonly count: number;
}

/**
 * Reads `numkeys key… where [COUNT count]`.
 *
 * @param at - where `numkeys` is
 * @param words - what `where` may be
 */
export function readPopMany<W extends string>(args: Arguments, at: number, words: readonly W[]): PopMany<W> {
  const numberOfKeys = positive(args, at, "numkeys");
  const whereAt = at + numberOfKeys + 1;
  if (whereAt >= args.count) throw syntaxError();
  const where = words.find((word) => word === args.keyword(whereAt));
  if (where === undefined) throw syntaxError();
  let count: number | undefined;
  for (let index = whereAt + 1; index < args.count; index += 2) {
    if (args.keyword(index) !== "COUNT" || count !== undefined || index + 1 >= args.count) throw syntaxError();
    count = positive(args, index + 1, "count");
  }
  return { keys: args.slice(at + 1, whereAt), where, count: count ?? 1 };
}

/** The keys of such a command; none where it is wrong, which shows when it runs. */
export function popManyKeys(args: Arguments, at: number): readonly Buffer[] {
  const count = Number(parseInteger(args.bytes(at)) ?? 0n);
  return count > 0 && at + count < args.count ? args.slice(at + 1, at + 1 + count) : [];
}

function positive(args: Arguments, index: number, what: string): number {
  const value = parseInteger(args.bytes(index));
  if (value === undefined || value <= 0n) throw new ErrorReply(`ERR ${what} should be greater than 0`);
  return Number(value);
}

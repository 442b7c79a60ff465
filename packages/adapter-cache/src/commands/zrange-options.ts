import { ErrorReply } from "../resp/reply.js";
import { syntaxError, type Arguments } from "./arguments.js";

/** What a command of the ZRANGE family is about. */
export interface RangeOptions {
  readonly by: "rank" | "score" | "lex";
  readonly reverse: boolean;
  readonly withScores: boolean;
  readonly limit: { readonly offset: number; readonly count: number } | undefined;
}

/** Which options the family's older members imply; ZRANGE itself says all. */
export interface RangeForm {
  readonly by?: RangeOptions["by"];
  readonly reverse?: boolean;
}

/** Reads the options from the fifth argument on. */
export function readRangeOptions(args: Arguments, form: RangeForm): RangeOptions {
  const found = { by: form.by, reverse: form.reverse, withScores: false, limit: undefined as RangeOptions["limit"] };
  for (let index = 4; index < args.count; index++) {
    const word = args.keyword(index);
    if (word === "WITHSCORES") found.withScores = true;
    else if (word === "LIMIT" && args.count - index > 2) {
      found.limit = { offset: args.position(++index), count: args.position(++index) };
    } else if (word === "REV" && found.reverse === undefined) found.reverse = true;
    else if (word === "BYLEX" && found.by === undefined) found.by = "lex";
    else if (word === "BYSCORE" && found.by === undefined) found.by = "score";
    else throw syntaxError();
  }
  const by = found.by ?? "rank";
  if (found.limit !== undefined && by === "rank") {
    throw new ErrorReply("ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX");
  }
  if (found.withScores && by === "lex") {
    throw new ErrorReply("ERR syntax error, WITHSCORES not supported in combination with BYLEX");
  }
  return { by, reverse: found.reverse ?? false, withScores: found.withScores, limit: found.limit };
}

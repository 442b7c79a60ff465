import type { MemberMap } from "../documents/members.js";
import { ErrorReply } from "../resp/reply.js";
import { syntaxError, type Arguments } from "./arguments.js";
import { readNotNegative } from "./numbered-keys.js";

/** How the scores of a member of several sets make one. */
export type Aggregate = "SUM" | "MIN" | "MAX";

/** What a command of the family is about. */
export interface AlgebraForm {
  readonly name: string;
  readonly operation: "union" | "inter" | "diff";
  readonly result: "members" | "store" | "count";
}

/** The arguments of such a command. */
export interface AlgebraOptions {
  readonly sources: readonly MemberMap<number>[];
  /** One for each source; empty if all are 1. */
  readonly weights: readonly number[];
  readonly aggregate: Aggregate;
  readonly withScores: boolean;
  /** How many members are enough; 0 for all. */
  readonly limit: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Reads the arguments; throws what Redis answers to contradictions.
 *
 * @param open - reads the sources, once their keys are known: Redis looks at them before the options
 */
export function readAlgebra(
  args: Arguments,
  form: AlgebraForm,
  open: (keys: readonly Buffer[]) => AlgebraOptions["sources"],
): AlgebraOptions {
  const start = form.result === "store" ? 2 : 1;
  const keyCount = Number(args.integer(start));
  if (keyCount < 1) throw new ErrorReply(`ERR at least 1 input key is needed for '${form.name}' command`);
  if (keyCount > args.count - start - 1) throw syntaxError();
  const found: Mutable<AlgebraOptions> = {
    sources: open(args.slice(start + 1, start + 1 + keyCount)),
    weights: [],
    aggregate: "SUM",
    withScores: false,
    limit: 0,
  };
  for (let index = start + 1 + keyCount; index < args.count; ) index = readOption(args, index, form, found);
  return found;
}

/** Reads one option; where the next one begins. */
function readOption(args: Arguments, index: number, form: AlgebraForm, found: Mutable<AlgebraOptions>): number {
  const word = args.keyword(index);
  const rest = args.count - index;
  const isWeighted = form.operation !== "diff" && form.result !== "count";
  if (isWeighted && word === "WEIGHTS" && rest >= found.sources.length + 1) {
    found.weights = found.sources.map((_, place) => args.double(index + 1 + place, "ERR weight value is not a float"));
    return index + 1 + found.sources.length;
  }
  if (isWeighted && word === "AGGREGATE" && rest >= 2) {
    found.aggregate = readAggregate(args.keyword(index + 1));
    return index + 2;
  }
  if (form.result === "count" && word === "LIMIT" && rest >= 2) {
    found.limit = readNotNegative(args, index + 1, "ERR LIMIT can't be negative");
    return index + 2;
  }
  if (form.result !== "members" || word !== "WITHSCORES") throw syntaxError();
  found.withScores = true;
  return index + 1;
}

function readAggregate(word: string): Aggregate {
  if (word !== "SUM" && word !== "MIN" && word !== "MAX") throw syntaxError();
  return word;
}

import { ErrorReply } from "../resp/reply.js";
import { syntaxError, type Arguments } from "./arguments.js";

/** The options of ZADD. */
export interface ZaddOptions {
  readonly flags: ReadonlySet<string>;
  /** Scores and members, in order. */
  readonly pairs: readonly (readonly [score: number, member: string])[];
}

const known = ["NX", "XX", "GT", "LT", "CH", "INCR"];

/** Reads the options and pairs of ZADD; throws what Redis answers to contradictions. */
export function readZaddOptions(args: Arguments): ZaddOptions {
  const flags = new Set<string>();
  let index = 2;
  while (known.includes(args.keyword(index))) flags.add(args.keyword(index++));
  const rest = args.count - index;
  if (rest === 0 || rest % 2 === 1) throw syntaxError();
  checkFlags(flags, rest / 2);
  const pairs: [number, string][] = [];
  for (; index < args.count; index += 2) pairs.push([args.double(index), args.text(index + 1)]);
  return { flags, pairs };
}

function checkFlags(flags: ReadonlySet<string>, pairs: number): void {
  if (flags.has("NX") && flags.has("XX"))
    throw new ErrorReply("ERR XX and NX options at the same time are not compatible");
  const conditions = ["NX", "GT", "LT"].filter((flag) => flags.has(flag));
  if (conditions.length > 1) throw new ErrorReply("ERR GT, LT, and/or NX options at the same time are not compatible");
  if (flags.has("INCR") && pairs > 1) throw new ErrorReply("ERR INCR option supports a single increment-element pair");
}

import { MechaError } from "@mecha/spec";

/** Names of the errors that JavaScript throws when code is wrong. */
const bugNames = new Set(["TypeError", "RangeError", "ReferenceError", "SyntaxError", "URIError", "AssertionError"]);

/** Words of such errors, for answers that are only text. */
const bugWords =
  /Cannot (?:read propert|set propert|convert |destructure |mix BigInt)|is not (?:a function|iterable|a constructor|defined)|Maximum call stack|Invalid (?:array|string|typed array) length|\bERR_(?:INVALID_ARG|OUT_OF_RANGE|UNHANDLED|INTERNAL_ASSERTION|HTTP_INVALID|HTTP2)/u;
const stackTrace = /\n\s+at \S/u;

/**
 * Holds what a call failed with against the rule that only MechaError leaves a package, and that a failure which nobody thought
 * of is a mistake of ours.
 *
 * @throws Error for anything else
 */
export function checkFailure(thrown: unknown): void {
  if (!MechaError.is(thrown))
    throw new Error(`failed with ${describe(thrown)}, which is no MechaError`, { cause: thrown });
  checkText(thrown.message, thrown.code === "UNKNOWN" || thrown.code === "INTERNAL");
  // A failure with a reason was thought of.
  if ((thrown.code !== "UNKNOWN" && thrown.code !== "INTERNAL") || thrown.reason !== undefined) return;
  for (let cause = thrown.cause; cause instanceof Error; cause = cause.cause) {
    if (bugNames.has(cause.name))
      throw new Error(`failed with ${thrown.code} because of ${describe(cause)}`, { cause });
  }
}

/**
 * Looks for a stack trace in an answer and, where it tells of a failure that nobody thought of, for the words of one.
 *
 * @throws Error if there is one
 */
export function checkText(text: string, isUnforeseen: boolean): void {
  if (stackTrace.test(text)) throw new Error(`answered with a stack trace: ${text.slice(0, 300)}`);
  if (isUnforeseen && bugWords.test(text))
    throw new Error(`answered with the words of a mistake: ${text.slice(0, 300)}`);
}

/** Says what was thrown, with the place in the code. */
export function describe(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return (thrown.stack ?? `${thrown.name}: ${thrown.message}`).split("\n").slice(0, 6).join("\n");
}

import { NotPlain } from "./plain-node.js";

/** What YAML 1.2's core schema may take for a number. */
const numeric = /^(?:[-+]?(?:0o[0-7]+|0x[\da-f]+|\d+|(?:\.\d+|\d+(?:\.\d*)?)(?:e[-+]?\d+)?|\.inf)|\.nan)$/iu;
const wholeNumber = /^(?:0|[1-9]\d{0,14})$/u;

const words: ReadonlyMap<string, boolean | null> = new Map([
  ...["null", "Null", "NULL"].map((word) => [word, null] as const),
  ...["true", "True", "TRUE"].map((word) => [word, true] as const),
  ...["false", "False", "FALSE"].map((word) => [word, false] as const),
]);

/**
 * Reads a scalar without quotes, as YAML 1.2's core schema has it.
 *
 * @throws NotPlain for numbers other than whole ones, and for what begins as something other than text
 */
export function plainScalar(text: string): unknown {
  if (!/^[\w./$(\\^+=;<~-]/u.test(text) || /^(?:~|-(?:$|\s))/u.test(text)) throw new NotPlain();
  const word = words.get(text);
  if (word !== undefined) return word;
  if (wholeNumber.test(text)) return Number(text);
  if (numeric.test(text)) throw new NotPlain();
  return text;
}

/**
 * Reads a scalar in quotes.
 *
 * @throws NotPlain for escapes that JSON does not have, and for the doubled quotes of single-quoted text
 */
export function quotedScalar(text: string): string {
  if (text.startsWith("'")) return text.slice(1, -1);
  if (!text.includes("\\")) return text.slice(1, -1);
  if (/\\[^"\\/bfnrt]/u.test(text.replaceAll("\\\\", ""))) throw new NotPlain();
  return JSON.parse(text) as string;
}

/** A scalar in quotes, at the place where the expression is told to look. Single-quoted text with a quote in it is not found. */
export const quoted = /"(?:[^"\\\n]|\\[^\n])*"|'[^'\n]*'(?!')/uy;

/** Refuses a key that is not the text that it looks like. */
export function plainKey(key: string): string {
  if (words.has(key)) throw new NotPlain();
  return key;
}

import { keyPositions } from "./key-positions.js";

/**
 * Puts a prefix before the keys of a command, and before the patterns by which KEYS, SCAN and SORT find some.
 *
 * @returns `undefined` for a command whose keys cannot be told
 */
export function prefixKeys(fullName: string, words: readonly Buffer[], prefix: Buffer): readonly Buffer[] | undefined {
  const texts = words.map((word) => word.toString("latin1"));
  const positions = keyPositions(fullName, texts);
  if (positions === undefined) return undefined;
  const prefixed = [...words];
  const put = (at: number, before: Buffer): void => {
    const word = words[at];
    if (word !== undefined) prefixed[at] = Buffer.concat([before, word]);
  };
  for (const at of positions) put(at, prefix);
  if (fullName === "keys") put(1, literal(prefix));
  else if (fullName === "sort" || fullName === "sort_ro") for (const at of sortPatterns(texts)) put(at, prefix);
  else if (fullName === "scan") {
    const match = texts.findIndex((word, at) => at > 1 && at % 2 === 0 && word.toLowerCase() === "match");
    if (match > 0) put(match + 1, literal(prefix));
    else prefixed.push(Buffer.from("MATCH"), Buffer.concat([literal(prefix), Buffer.from("*")]));
  }
  return prefixed;
}

/** What follows BY and GET: names of other keys with a star, or nothing to look up. */
function sortPatterns(texts: readonly string[]): readonly number[] {
  return texts.flatMap((text, at) => {
    const pattern = texts[at + 1] ?? "";
    return at > 1 && /^(?:by|get)$/iu.test(text) && pattern.includes("*") ? [at + 1] : [];
  });
}

/** A text as a pattern that fits nothing else. */
function literal(text: Buffer): Buffer {
  return Buffer.from(text.toString("latin1").replace(/[*?[\]\\^-]/gu, "\\$&"), "latin1");
}

import type { StateQueryValue } from "@mecha/spec";

/** Reads a field of a JSON document by its path: names with dots between them, numbers for places in lists; `undefined` if it has none. */
export function fieldOf(document: unknown, path: string): unknown {
  let found = document;
  for (const name of path.split(".")) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, name)) return undefined;
    // `name` is a property of its own, as was just seen.
    found = (found as Readonly<Record<string, unknown>>)[name];
  }
  return found;
}

/** Says how two values of one type are ordered (negative, 0, positive); `undefined` for values that have no order among them. */
export function compareSameType(left: unknown, right: StateQueryValue): number | undefined {
  if (typeof left === "number" && typeof right === "number") return left - right;
  if (typeof left === "string" && typeof right === "string") return compareTexts(left, right);
  return undefined;
}

/** Orders texts by code point, as SQLite and most databases do; JavaScript's own operators go by half code points. */
export function compareTexts(left: string, right: string): number {
  return left === right ? 0 : Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/** Orders any two values: nothing, null, false, true, numbers, texts, and then lists and objects, which are equal to each other. */
export function compareAny(left: unknown, right: unknown): number {
  const rank = rankOf(left) - rankOf(right);
  if (rank !== 0) return rank;
  if (typeof left === "number" && typeof right === "number") return left - right;
  return typeof left === "string" && typeof right === "string" ? compareTexts(left, right) : 0;
}

function rankOf(value: unknown): number {
  if (value === undefined) return 0;
  if (value === null) return 1;
  if (typeof value === "boolean") return value ? 3 : 2;
  if (typeof value === "number") return 4;
  return typeof value === "string" ? 5 : 6;
}

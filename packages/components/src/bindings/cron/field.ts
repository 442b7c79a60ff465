/** One of the fields of a schedule: its range, and the names that stand for numbers. */
export interface FieldRange {
  readonly least: number;
  readonly most: number;
  /** In order, the first standing for `least`. */
  readonly names: readonly string[];
}

/** The six fields of a schedule, in order. */
export const fieldRanges: readonly FieldRange[] = [
  { least: 0, most: 59, names: [] },
  { least: 0, most: 59, names: [] },
  { least: 0, most: 23, names: [] },
  { least: 1, most: 31, names: [] },
  { least: 1, most: 12, names: "jan feb mar apr may jun jul aug sep oct nov dec".split(" ") },
  { least: 0, most: 6, names: "sun mon tue wed thu fri sat".split(" ") },
];

/**
 * Spells out a field as daprd's cron reads it: numbers with commas, or `*` where each will do. Ranges begin at `*`, `?`, a number or a
 * name and may have a step, which without an end goes on to the largest number.
 *
 * @returns `undefined` for what is no such field
 */
export function spellOutField(text: string, range: FieldRange): string | undefined {
  const parts = text.split(",").filter((part) => part !== "");
  const spelled = parts.map((part) => spellOutRange(part, range));
  if (spelled.length === 0 || spelled.includes(undefined)) return undefined;
  if (spelled.includes("any")) return "*";
  const numbers = spelled.flatMap((each) => (Array.isArray(each) ? each : []));
  return [...new Set(numbers)].sort((one, other) => one - other).join(",");
}

function spellOutRange(text: string, range: FieldRange): number[] | "any" | undefined {
  const [span = "", stepText, ...moreSteps] = text.split("/");
  const [first = "", last, ...moreEnds] = span.split("-");
  const isAny = first === "*" || first === "?";
  const step = stepText === undefined ? 1 : numberOf(stepText);
  const from = isAny ? range.least : numberOrName(first, range);
  if (moreSteps.length > 0 || (moreEnds.length > 0 && !isAny)) return undefined;
  if (from === undefined || step === undefined || step === 0) return undefined;
  if (isAny && step === 1) return "any";
  const to = endOf({ isAny, from, last, hasStep: stepText !== undefined }, range);
  if (to === undefined || from < range.least || to > range.most || from > to) return undefined;
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);
}

function endOf(
  { isAny, from, last, hasStep }: { isAny: boolean; from: number; last: string | undefined; hasStep: boolean },
  range: FieldRange,
): number | undefined {
  if (isAny) return range.most;
  if (last !== undefined) return numberOrName(last, range);
  return hasStep ? range.most : from;
}

function numberOrName(text: string, { least, names }: FieldRange): number | undefined {
  const index = names.indexOf(text.toLowerCase());
  return index === -1 ? numberOf(text) : least + index;
}

function numberOf(text: string): number | undefined {
  return /^\+?\d{1,9}$/.test(text) ? Number(text) : undefined;
}

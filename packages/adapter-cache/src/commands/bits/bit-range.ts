import { syntaxError, type Arguments } from "../arguments.js";

/** A range of bits, both ends included; empty if it starts after its end. */
export interface BitRange {
  readonly start: number;
  readonly end: number;
}

/** Whether an argument says that a range is counted in bits; throws if it is neither `BIT` nor `BYTE`. */
export function readUnit(args: Arguments, index: number): "BIT" | "BYTE" {
  const unit = args.keyword(index);
  if (unit !== "BIT" && unit !== "BYTE") throw syntaxError();
  return unit;
}

/** Turns positions in a string, negative ones counted from its end, into a range of bits. */
export function toBitRange(first: number, last: number, length: number, unit: "BIT" | "BYTE"): BitRange {
  const total = unit === "BIT" ? length * 8 : length;
  const start = Math.max(0, first < 0 ? total + first : first);
  const end = Math.min(total - 1, Math.max(0, last < 0 ? total + last : last));
  if (start > end) return { start: 1, end: 0 };
  return unit === "BIT" ? { start, end } : { start: start * 8, end: end * 8 + 7 };
}

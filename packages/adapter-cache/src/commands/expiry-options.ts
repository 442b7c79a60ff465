import { maxInteger } from "../numbers/integer.js";
import { ErrorReply } from "../resp/reply.js";
import type { Arguments } from "./arguments.js";

/** How a command's arguments say when a key ends. */
export interface ExpiryUnit {
  /** Milliseconds in one unit. */
  readonly milliseconds: 1 | 1000;
  /** Whether the number counts from now, or from 1970. */
  readonly relative: boolean;
}

/** The options of SET and GETEX that take a time. */
const expiryUnits: ReadonlyMap<string, ExpiryUnit> = new Map([
  ["EX", { milliseconds: 1000, relative: true }],
  ["PX", { milliseconds: 1, relative: true }],
  ["EXAT", { milliseconds: 1000, relative: false }],
  ["PXAT", { milliseconds: 1, relative: false }],
]);

/** Reads a time as SET, SETEX and GETEX do: more than 0, in milliseconds since 1970 at the end. */
export function readExpiry(args: Arguments, index: number, unit: ExpiryUnit, now: number): number {
  const value = args.integer(index);
  const refusal = new ErrorReply(`ERR invalid expire time in '${args.text(0).toLowerCase()}' command`);
  if (value <= 0n) throw refusal;
  const expireAtMs = value * BigInt(unit.milliseconds) + (unit.relative ? BigInt(now) : 0n);
  if (expireAtMs > maxInteger) throw refusal;
  return Number(expireAtMs);
}

/** A time among a command's options: its unit, and the argument that holds it. */
export interface ExpiryOption {
  readonly unit: ExpiryUnit;
  readonly index: number;
}

/**
 * Reads a time at an option's place. The same option may come again, and the last one counts, as in Redis; another one
 * may not.
 */
export function readExpiryOption(
  args: Arguments,
  index: number,
  earlier: ExpiryOption | undefined,
): ExpiryOption | undefined {
  const unit = expiryUnits.get(args.keyword(index));
  if (unit === undefined || index + 1 >= args.count) return undefined;
  return earlier === undefined || earlier.unit === unit ? { unit, index: index + 1 } : undefined;
}

/** Says whether an argument is a time that every command takes, so that the command cannot fail on it. */
export function isPlainTime(args: Arguments, index: number): boolean {
  return /^[1-9]\d{0,11}$/.test(args.text(index));
}

import { ErrorReply } from "../../resp/reply.js";
import type { Arguments } from "../arguments.js";

/** The largest half of an id. */
const maxHalf = 2n ** 64n - 1n;

/** The largest id. */
export const maxId = (maxHalf << 64n) | maxHalf;

/** The id of a time and a sequence number. */
export function toId(milliseconds: bigint, sequence: bigint): bigint {
  return (milliseconds << 64n) | sequence;
}

/** The time of an id. */
export function timeOf(id: bigint): bigint {
  return id >> 64n;
}

/** The sequence number of an id. */
export function sequenceOf(id: bigint): bigint {
  return id & maxHalf;
}

/** An id as clients see it: `1526919030474-55`. */
export function showId(id: bigint): string {
  return `${String(timeOf(id))}-${String(sequenceOf(id))}`;
}

/** What is said of text that is no id. */
export function invalidId(): ErrorReply {
  return new ErrorReply("ERR Invalid stream ID specified as stream command argument");
}

/** How to read an id. */
export interface IdOptions {
  /** The sequence number where none is given. @defaultValue 0 */
  readonly missing?: bigint;
  /** Whether `-` and `+` are no ids. @defaultValue `true` */
  readonly strict?: boolean;
}

/** Reads an id; `undefined` if it is none. */
export function parseId(text: string, { missing = 0n, strict = true }: IdOptions = {}): bigint | undefined {
  if (text === "-" || text === "+") {
    if (strict) return undefined;
    return text === "-" ? 0n : maxId;
  }
  const dash = text.indexOf("-");
  const time = parseHalf(dash < 0 ? text : text.slice(0, dash));
  const sequence = dash < 0 ? missing : parseHalf(text.slice(dash + 1));
  return time === undefined || sequence === undefined || text.length > 127 ? undefined : toId(time, sequence);
}

/** Reads half of an id as C's `strtoull` would. */
export function parseHalf(text: string): bigint | undefined {
  if (!/^\s*\+?\d+$/.test(text)) return undefined;
  const value = BigInt(text.trim().replace("+", ""));
  return value > maxHalf ? undefined : value;
}

/** Reads an argument that has to be an id. */
export function readId(args: Arguments, index: number, options?: IdOptions): bigint {
  const id = parseId(args.text(index), options);
  if (id === undefined) throw invalidId();
  return id;
}

/** Reads the ids from one argument on. */
export function readIds(args: Arguments, from: number): readonly bigint[] {
  return args.slice(from).map((_, index) => readId(args, from + index));
}

/** Reads the lower end of a range; `(` before it leaves it out. */
export function readStart(args: Arguments, index: number): bigint {
  const { id, isOpen } = readEnd(args, index, 0n);
  if (isOpen && id === maxId) throw new ErrorReply("ERR invalid start ID for the interval");
  return isOpen ? id + 1n : id;
}

/** Reads the upper end of a range. */
export function readStop(args: Arguments, index: number): bigint {
  const { id, isOpen } = readEnd(args, index, maxHalf);
  if (isOpen && id === 0n) throw new ErrorReply("ERR invalid end ID for the interval");
  return isOpen ? id - 1n : id;
}

function readEnd(args: Arguments, index: number, missing: bigint): { id: bigint; isOpen: boolean } {
  const text = args.text(index);
  const isOpen = text.length > 1 && text.startsWith("(");
  const id = parseId(isOpen ? text.slice(1) : text, { missing, strict: isOpen });
  if (id === undefined) throw invalidId();
  return { id, isOpen };
}

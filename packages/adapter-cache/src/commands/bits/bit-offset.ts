import { parseInteger } from "../../numbers/integer.js";
import { ErrorReply } from "../../resp/reply.js";
import type { Arguments } from "../arguments.js";
import { maxStringBytes } from "../string-length.js";

/**
 * Reads the position of a bit, counted from the highest bit of the first byte.
 *
 * @param width - given where `#n` stands for n times so many bits
 */
export function readBitOffset(args: Arguments, index: number, width?: number): number {
  const bytes = args.bytes(index);
  const scaled = width !== undefined && bytes[0] === scaledMark;
  const number = parseInteger(scaled ? bytes.subarray(1) : bytes);
  const offset = Number(number ?? -1n) * (scaled ? width : 1);
  if (offset < 0 || Math.floor(offset / 8) >= maxStringBytes) {
    throw new ErrorReply("ERR bit offset is not an integer or out of range");
  }
  return offset;
}

const scaledMark = "#".charCodeAt(0);

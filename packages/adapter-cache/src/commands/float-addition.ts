import { addLongDoubles, formatLongDouble, parseLongDouble } from "../numbers/long-double.js";
import { parseDouble } from "../numbers/double.js";
import { ErrorReply } from "../resp/reply.js";

/**
 * Adds an amount to a stored number as INCRBYFLOAT and HINCRBYFLOAT do, in extended precision.
 *
 * @param old - what is stored; `undefined` counts as 0
 * @param complaint - thrown if what is stored is no number
 */
export function addFloats(old: Buffer | undefined, amount: Buffer, complaint: ErrorReply): Buffer {
  const infinite = (bytes: Buffer): boolean => Math.abs(parseDouble(bytes) ?? 0) === Infinity;
  const before = old ?? Buffer.from("0");
  const left = parseLongDouble(before);
  if (left === undefined && !infinite(before)) throw complaint;
  const right = parseLongDouble(amount);
  if (right === undefined && !infinite(amount)) throw new ErrorReply("ERR value is not a valid float");
  if (left === undefined || right === undefined) throw new ErrorReply("ERR increment would produce NaN or Infinity");
  return Buffer.from(formatLongDouble(addLongDoubles(left, right)));
}

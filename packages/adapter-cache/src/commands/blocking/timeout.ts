import { parseDouble } from "../../numbers/double.js";
import { ErrorReply } from "../../resp/reply.js";
import type { Arguments } from "../arguments.js";

/** Reads for how long to wait: seconds with a fraction, as milliseconds. */
export function readTimeout(args: Arguments, index: number): number {
  const seconds = parseDouble(args.bytes(index));
  if (seconds === undefined || Number.isNaN(seconds))
    throw new ErrorReply("ERR timeout is not a float or out of range");
  const milliseconds = Math.ceil(seconds * 1000);
  // What is too large overflows in Redis, and is called negative.
  if (milliseconds < 0 || milliseconds >= 2 ** 63) throw new ErrorReply("ERR timeout is negative");
  return milliseconds;
}

import { parseInteger } from "../../numbers/integer.js";
import { ErrorReply } from "../../resp/reply.js";
import type { Arguments } from "../arguments.js";

/**
 * Reads `FIELDS count field…`, which must be the end of a command.
 *
 * @param start - argument that has to be `FIELDS`
 */
export function readFields(args: Arguments, start: number): readonly string[] {
  if (args.keyword(start) !== "FIELDS" || start + 2 >= args.count) {
    throw new ErrorReply("ERR Mandatory argument FIELDS is missing or not at the right position");
  }
  const count = parseInteger(args.bytes(start + 1));
  if (count === undefined || count < 1n) throw new ErrorReply("ERR Parameter `numFields` should be greater than 0");
  if (count !== BigInt(args.count - start - 2)) {
    throw new ErrorReply("ERR The `numfields` parameter must match the number of arguments");
  }
  return args.slice(start + 2).map((_, index) => args.text(start + 2 + index));
}

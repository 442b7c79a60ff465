import { ErrorReply } from "../resp/reply.js";
import type { Arguments } from "./arguments.js";

/** As many databases as Redis has by default. */
export const databases = 16;

/** The index of a database. */
export function readDatabase(args: Arguments, index: number): number {
  const database = args.position(index);
  if (database < -(2 ** 31) || database >= 2 ** 31) {
    throw new ErrorReply("ERR value is out of range, value must between -2147483648 and 2147483647");
  }
  if (database < 0 || database >= databases) throw new ErrorReply("ERR DB index is out of range");
  return database;
}

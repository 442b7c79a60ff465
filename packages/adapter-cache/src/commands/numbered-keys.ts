import { parseInteger } from "../numbers/integer.js";
import { ErrorReply } from "../resp/reply.js";
import type { Arguments } from "./arguments.js";
import type { KeyFinder } from "./command.js";

/**
 * Finds keys whose number stands before them; none if it makes no sense, which the command itself says then.
 *
 * @param index - argument with the number
 */
export function numberedKeys(index: number): KeyFinder {
  return (args) => {
    if (index >= args.count) return [];
    const count = parseInteger(args.bytes(index));
    if (count === undefined || count < 1n || count > BigInt(args.count - index - 1)) return [];
    return args.slice(index + 1, index + 1 + Number(count));
  };
}

/** Finds a key to store to, and those whose number stands after it. */
export const storeAndNumberedKeys: KeyFinder = (args) => [args.bytes(1), ...numberedKeys(2)(args)];

/** A count that has to be more than 0; throws what Redis says of it otherwise. */
export function readPositive(args: Arguments, index: number, name: string): number {
  const count = parseInteger(args.bytes(index));
  if (count === undefined || count < 1n) throw new ErrorReply(`ERR ${name} should be greater than 0`);
  return Number(count);
}

/** A number of at least 0; throws the complaint otherwise. */
export function readNotNegative(args: Arguments, index: number, complaint: string): number {
  const count = parseInteger(args.bytes(index));
  if (count === undefined || count < 0n) throw new ErrorReply(complaint);
  return Number(count);
}

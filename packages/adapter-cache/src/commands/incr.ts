import type { Keyspace } from "../engine/keyspace.js";
import { maxInteger, minInteger, parseInteger } from "../numbers/integer.js";
import { ErrorReply, type Reply } from "../resp/reply.js";
import { firstKey, type Command } from "./command.js";
import { readString } from "./strings.js";

function add(keyspace: Keyspace, key: Buffer, amount: bigint): Reply {
  const old = readString(keyspace, key);
  const before = old === undefined ? 0n : parseInteger(old);
  if (before === undefined) throw new ErrorReply("ERR value is not an integer or out of range");
  const after = before + amount;
  if (after > maxInteger || after < minInteger) throw new ErrorReply("ERR increment or decrement would overflow");
  keyspace.update(key, { type: "string", bytes: Buffer.from(after.toString()) });
  return after;
}

const shared = { keys: firstKey, writes: true } as const;

/** `INCR key`: adds 1 to the integer in a string. */
export const incr: Command = {
  ...shared,
  name: "incr",
  arity: 2,
  run: (keyspace, args) => add(keyspace, args.bytes(1), 1n),
};

/** `DECR key`: takes 1 from the integer in a string. */
export const decr: Command = {
  ...shared,
  name: "decr",
  arity: 2,
  run: (keyspace, args) => add(keyspace, args.bytes(1), -1n),
};

/** `INCRBY key amount`. */
export const incrby: Command = {
  ...shared,
  name: "incrby",
  arity: 3,
  run: (keyspace, args) => add(keyspace, args.bytes(1), args.integer(2)),
};

/** `DECRBY key amount`. */
export const decrby: Command = {
  ...shared,
  name: "decrby",
  arity: 3,
  run(keyspace, args) {
    const amount = args.integer(2);
    if (amount === minInteger) throw new ErrorReply("ERR decrement would overflow");
    return add(keyspace, args.bytes(1), -amount);
  },
};

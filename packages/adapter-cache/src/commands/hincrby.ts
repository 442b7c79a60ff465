import { maxInteger, minInteger, parseInteger } from "../numbers/integer.js";
import { ErrorReply } from "../resp/reply.js";
import { firstKey, type Command } from "./command.js";
import { addFloats } from "./float-addition.js";
import { openHash } from "./hashes.js";

/** `HINCRBY key field amount`: adds to the integer in a field. */
export const hincrby: Command = {
  name: "hincrby",
  arity: 4,
  keys: firstKey,
  writes: true,
  run(keyspace, args) {
    const amount = args.integer(3);
    const hash = openHash(keyspace, args.bytes(1));
    const old = hash.fields.get(args.text(2));
    const before = old === undefined ? 0n : parseInteger(old);
    if (before === undefined) throw new ErrorReply("ERR hash value is not an integer");
    const after = before + amount;
    if (after > maxInteger || after < minInteger) throw new ErrorReply("ERR increment or decrement would overflow");
    hash.fields.set(args.text(2), Buffer.from(after.toString()));
    keyspace.update(args.bytes(1), hash);
    return after;
  },
};

/** `HINCRBYFLOAT key field amount`: adds to the number in a field. */
export const hincrbyfloat: Command = {
  name: "hincrbyfloat",
  arity: 4,
  keys: firstKey,
  writes: true,
  run(keyspace, args) {
    // The amount is looked at before the key, unlike INCRBYFLOAT.
    if (!Number.isFinite(args.double(3))) throw new ErrorReply("ERR value is NaN or Infinity");
    const hash = openHash(keyspace, args.bytes(1));
    const complaint = new ErrorReply("ERR hash value is not a float");
    const sum = addFloats(hash.fields.get(args.text(2)), args.bytes(3), complaint);
    hash.fields.set(args.text(2), sum);
    keyspace.update(args.bytes(1), hash);
    return sum;
  },
};

import { ok } from "../resp/reply.js";
import { firstKey, type Command } from "./command.js";
import { isPlainTime, readExpiry } from "./expiry-options.js";
import { readSetOptions } from "./set-options.js";
import { readString, storeString } from "./strings.js";

/** `SET key value [NX | XX] [GET] [EX s | PX ms | EXAT s | PXAT ms | KEEPTTL]`: stores a string. */
export const set: Command = {
  name: "set",
  arity: -3,
  keys: firstKey,
  writes: true,
  blind(args) {
    // Without options, or with a time alone, the old value makes no difference.
    const word = args.keyword(3);
    return args.count === 3 || (args.count === 5 && (word === "EX" || word === "PX") && isPlainTime(args, 4));
  },
  run(keyspace, args) {
    const { condition, get, keepTtl, expiry } = readSetOptions(args);
    const expireAtMs = expiry && readExpiry(args, expiry.index, expiry.unit, keyspace.now);
    const key = args.bytes(1);
    const old = get ? (readString(keyspace, key) ?? null) : undefined;
    if (condition !== undefined && (keyspace.find(key) === undefined) !== (condition === "NX")) return old ?? null;
    storeString(keyspace, key, args.bytes(2), keepTtl ? keyspace.find(key)?.expireAtMs : expireAtMs);
    return old === undefined ? ok : old;
  },
};

import { removeField } from "../../documents/field-expiry.js";
import { ErrorReply } from "../../resp/reply.js";
import type { Arguments } from "../arguments.js";
import { firstKey, type Command } from "../command.js";
import { allows } from "../expire.js";
import type { ExpiryUnit } from "../expiry-options.js";
import { openHash } from "../hashes.js";
import { readFields } from "./field-arguments.js";

/** The farthest end of a field, in milliseconds since 1970, as in Redis 7.4. */
const maxExpiryMs = 2 ** 46 - 1;

const absent = -2;
const conditionNotMet = 0;
const expirySet = 1;
const fieldRemoved = 2;

function expirer(name: string, unit: ExpiryUnit): Command {
  return {
    name,
    arity: -6,
    keys: firstKey,
    writes: true,
    run(keyspace, args) {
      const expireAtMs = readTime(args, name, unit, keyspace.now);
      const condition = ["NX", "XX", "GT", "LT"].find((word) => word === args.keyword(3));
      const fields = readFields(args, condition === undefined ? 3 : 4);
      const conditions = new Set(condition === undefined ? [] : [condition]);
      const hash = openHash(keyspace, args.bytes(1));
      hash.fields.gather?.(fields);
      const replies = fields.map((field) => {
        if (!hash.fields.has(field)) return absent;
        if (!allows(conditions, hash.expiries?.get(field), expireAtMs)) return conditionNotMet;
        if (expireAtMs <= keyspace.now) {
          removeField(hash, field);
          return fieldRemoved;
        }
        hash.expiries ??= new Map();
        hash.expiries.set(field, expireAtMs);
        return expirySet;
      });
      if (replies.some((reply) => reply > 0)) keyspace.update(args.bytes(1), hash);
      return replies;
    },
  };
}

function readTime(args: Arguments, name: string, unit: ExpiryUnit, now: number): number {
  const value = args.position(2);
  if (value < 0) throw new ErrorReply("ERR invalid expire time, must be >= 0");
  const expireAtMs = value * unit.milliseconds + (unit.relative ? now : 0);
  if (expireAtMs > maxExpiryMs) throw new ErrorReply(`ERR invalid expire time in '${name}' command`);
  return expireAtMs;
}

/** `HEXPIRE key seconds [NX | XX | GT | LT] FIELDS count field…`: when fields end; for each 1 if it was set. */
export const hexpire = expirer("hexpire", { milliseconds: 1000, relative: true });

/** `HPEXPIRE key milliseconds [NX | XX | GT | LT] FIELDS count field…`. */
export const hpexpire = expirer("hpexpire", { milliseconds: 1, relative: true });

/** `HEXPIREAT key seconds-since-1970 [NX | XX | GT | LT] FIELDS count field…`. */
export const hexpireat = expirer("hexpireat", { milliseconds: 1000, relative: false });

/** `HPEXPIREAT key milliseconds-since-1970 [NX | XX | GT | LT] FIELDS count field…`. */
export const hpexpireat = expirer("hpexpireat", { milliseconds: 1, relative: false });

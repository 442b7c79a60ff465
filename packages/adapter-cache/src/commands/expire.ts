import { maxInteger, minInteger } from "../numbers/integer.js";
import { ErrorReply } from "../resp/reply.js";
import type { Arguments } from "./arguments.js";
import { firstKey, type Command } from "./command.js";
import type { ExpiryUnit } from "./expiry-options.js";

function expirer(name: string, unit: ExpiryUnit): Command {
  return {
    name,
    arity: -3,
    keys: firstKey,
    writes: true,
    run(keyspace, args) {
      const conditions = readConditions(args);
      const expireAtMs = readTime(args, name, unit, keyspace.now);
      const entry = keyspace.find(args.bytes(1));
      if (entry === undefined || !allows(conditions, entry.expireAtMs, expireAtMs)) return 0;
      if (expireAtMs <= keyspace.now) keyspace.remove(args.bytes(1));
      else keyspace.expire(args.bytes(1), expireAtMs);
      return 1;
    },
  };
}

function readConditions(args: Arguments): ReadonlySet<string> {
  const conditions = new Set<string>();
  for (let index = 3; index < args.count; index++) {
    const word = args.keyword(index);
    if (!["NX", "XX", "GT", "LT"].includes(word)) throw new ErrorReply(`ERR Unsupported option ${args.shown(index)}`);
    conditions.add(word);
  }
  if (conditions.has("NX") && conditions.size > 1) {
    throw new ErrorReply("ERR NX and XX, GT or LT options at the same time are not compatible");
  }
  if (conditions.has("GT") && conditions.has("LT")) {
    throw new ErrorReply("ERR GT and LT options at the same time are not compatible");
  }
  return conditions;
}

/** Unlike SET, EXPIRE takes times that are over; it removes the key then. */
function readTime(args: Arguments, name: string, unit: ExpiryUnit, now: number): number {
  const scaled = args.integer(2) * BigInt(unit.milliseconds);
  const time = scaled + (unit.relative ? BigInt(now) : 0n);
  if (scaled < minInteger || time > maxInteger) throw new ErrorReply(`ERR invalid expire time in '${name}' command`);
  return Number(time);
}

/** Says whether the conditions of EXPIRE let a new expiry take the place of an old one. */
export function allows(conditions: ReadonlySet<string>, old: number | undefined, next: number): boolean {
  if (conditions.has("NX") && old !== undefined) return false;
  if (conditions.has("XX") && old === undefined) return false;
  if (conditions.has("GT") && (old === undefined || next <= old)) return false;
  return !(conditions.has("LT") && old !== undefined && next >= old);
}

/** `EXPIRE key seconds [NX | XX | GT | LT]`: when a key ends; 1 if it was set. */
export const expire = expirer("expire", { milliseconds: 1000, relative: true });

/** `PEXPIRE key milliseconds [NX | XX | GT | LT]`. */
export const pexpire = expirer("pexpire", { milliseconds: 1, relative: true });

/** `EXPIREAT key seconds-since-1970 [NX | XX | GT | LT]`. */
export const expireat = expirer("expireat", { milliseconds: 1000, relative: false });

/** `PEXPIREAT key milliseconds-since-1970 [NX | XX | GT | LT]`. */
export const pexpireat = expirer("pexpireat", { milliseconds: 1, relative: false });

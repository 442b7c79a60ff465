import { firstKey, type Command } from "./command.js";

function timeReader(name: string, convert: (expireAtMs: number, now: number) => number): Command {
  return {
    name,
    arity: 2,
    keys: firstKey,
    writes: false,
    run(keyspace, args) {
      const entry = keyspace.find(args.bytes(1));
      if (entry === undefined) return -2;
      return entry.expireAtMs === undefined ? -1 : convert(entry.expireAtMs, keyspace.now);
    },
  };
}

const toSeconds = (milliseconds: number): number => Math.floor((milliseconds + 500) / 1000);

/** `TTL key`: seconds until the key ends; -1 for never, -2 if it is absent. */
export const ttl = timeReader("ttl", (expireAtMs, now) => toSeconds(Math.max(0, expireAtMs - now)));

/** `PTTL key`: milliseconds until the key ends. */
export const pttl = timeReader("pttl", (expireAtMs, now) => Math.max(0, expireAtMs - now));

/** `EXPIRETIME key`: when the key ends, in seconds since 1970. */
export const expiretime = timeReader("expiretime", toSeconds);

/** `PEXPIRETIME key`: when the key ends, in milliseconds since 1970. */
export const pexpiretime = timeReader("pexpiretime", (expireAtMs) => expireAtMs);

import { forgetExpiry } from "../../documents/field-expiry.js";
import { firstKey, type Command } from "../command.js";
import { openHash } from "../hashes.js";
import { readFields } from "./field-arguments.js";

const absent = -2;
const stays = -1;

function timeReader(name: string, convert: (expireAtMs: number, now: number) => number): Command {
  return {
    name,
    arity: -5,
    keys: firstKey,
    writes: false,
    run(keyspace, args) {
      const names = readFields(args, 2);
      const { fields, expiries } = openHash(keyspace, args.bytes(1));
      fields.gather?.(names);
      return names.map((field) => {
        if (!fields.has(field)) return absent;
        const expireAtMs = expiries?.get(field);
        return expireAtMs === undefined ? stays : convert(expireAtMs, keyspace.now);
      });
    },
  };
}

/** `HTTL key FIELDS count field…`: seconds until each field ends, begun ones counted; -1 for never, -2 if it is absent. */
export const httl = timeReader("httl", (expireAtMs, now) => Math.ceil((expireAtMs - now) / 1000));

/** `HPTTL key FIELDS count field…`: milliseconds until each field ends. */
export const hpttl = timeReader("hpttl", (expireAtMs, now) => expireAtMs - now);

/** `HEXPIRETIME key FIELDS count field…`: when each field ends, in seconds since 1970. */
export const hexpiretime = timeReader("hexpiretime", (expireAtMs) => Math.ceil(expireAtMs / 1000));

/** `HPEXPIRETIME key FIELDS count field…`: when each field ends, in milliseconds since 1970. */
export const hpexpiretime = timeReader("hpexpiretime", (expireAtMs) => expireAtMs);

/** `HPERSIST key FIELDS count field…`: fields no longer end; for each 1 if it would have. */
export const hpersist: Command = {
  name: "hpersist",
  arity: -5,
  keys: firstKey,
  writes: true,
  run(keyspace, args) {
    const names = readFields(args, 2);
    const hash = openHash(keyspace, args.bytes(1));
    hash.fields.gather?.(names);
    const replies = names.map((field) => {
      if (!hash.fields.has(field)) return absent;
      if (hash.expiries?.has(field) !== true) return stays;
      forgetExpiry(hash, field);
      return 1;
    });
    if (replies.includes(1)) keyspace.update(args.bytes(1), hash);
    return replies;
  },
};

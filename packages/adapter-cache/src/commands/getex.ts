import { syntaxError, type Arguments } from "./arguments.js";
import { firstKey, type Command } from "./command.js";
import { readExpiry, readExpiryOption, type ExpiryOption } from "./expiry-options.js";
import { readString } from "./strings.js";

/** `GETEX key [EX s | PX ms | EXAT s | PXAT ms | PERSIST]`: the string, whose expiry is changed. */
export const getex: Command = {
  name: "getex",
  arity: -2,
  keys: firstKey,
  writes: true,
  run(keyspace, args) {
    const option = readOption(args);
    const key = args.bytes(1);
    const value = readString(keyspace, key);
    if (value === undefined) return null;
    if (option === "PERSIST") {
      if (keyspace.find(key)?.expireAtMs !== undefined) keyspace.expire(key, undefined);
    } else if (option !== undefined) {
      const expireAtMs = readExpiry(args, option.index, option.unit, keyspace.now);
      if (expireAtMs <= keyspace.now) keyspace.remove(key);
      else keyspace.expire(key, expireAtMs);
    }
    return value;
  },
};

function readOption(args: Arguments): "PERSIST" | ExpiryOption | undefined {
  let found: "PERSIST" | ExpiryOption | undefined;
  for (let index = 2; index < args.count; index++) {
    if (args.keyword(index) === "PERSIST" && typeof found !== "object") {
      found = "PERSIST";
      continue;
    }
    const expiry = found === "PERSIST" ? undefined : readExpiryOption(args, index, found);
    if (expiry === undefined) throw syntaxError();
    found = expiry;
    index = expiry.index;
  }
  return found;
}

import { syntaxError, type Arguments } from "./arguments.js";
import { firstKey, type Command } from "./command.js";
import { expiryUnits, readExpiry } from "./expiry-options.js";
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
      const expireAtMs = readExpiry(args, 3, option, keyspace.now);
      if (expireAtMs <= keyspace.now) keyspace.remove(key);
      else keyspace.expire(key, expireAtMs);
    }
    return value;
  },
};

function readOption(args: Arguments) {
  if (args.count === 2) return undefined;
  const word = args.keyword(2);
  if (word === "PERSIST" && args.count === 3) return word;
  const unit = expiryUnits.get(word);
  if (unit === undefined || args.count !== 4) throw syntaxError();
  return unit;
}

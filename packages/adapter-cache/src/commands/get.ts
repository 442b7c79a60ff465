import { firstKey, type Command } from "./command.js";
import { readString } from "./strings.js";

/** `GET key`: the string. */
export const get: Command = {
  name: "get",
  arity: 2,
  keys: firstKey,
  writes: false,
  run: (keyspace, args) => readString(keyspace, args.bytes(1)) ?? null,
};

import { firstKey, type Command } from "./command.js";
import { readString } from "./strings.js";

/** `STRLEN key`: how many bytes the string has. */
export const strlen: Command = {
  name: "strlen",
  arity: 2,
  keys: firstKey,
  writes: false,
  run: (keyspace, args) => readString(keyspace, args.bytes(1))?.length ?? 0,
};

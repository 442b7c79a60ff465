import { firstKey, type Command } from "./command.js";
import { readList } from "./lists.js";

/** `LLEN key`: how many items the list has. */
export const llen: Command = {
  name: "llen",
  arity: 2,
  keys: firstKey,
  writes: false,
  run: (keyspace, args) => readList(keyspace, args.bytes(1))?.length ?? 0,
};

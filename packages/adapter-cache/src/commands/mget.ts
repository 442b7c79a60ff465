import { everyKey, type Command } from "./command.js";

/** `MGET key…`: the strings; nothing for keys that are absent or hold something else. */
export const mget: Command = {
  name: "mget",
  arity: -2,
  keys: everyKey,
  writes: false,
  run: (keyspace, args) =>
    args.slice(1).map((key) => {
      const value = keyspace.find(key)?.value;
      return value?.type === "string" ? value.bytes : null;
    }),
};

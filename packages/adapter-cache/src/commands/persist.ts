import { firstKey, type Command } from "./command.js";

/** `PERSIST key`: the key no longer ends; 1 if it would have. */
export const persist: Command = {
  name: "persist",
  arity: 2,
  keys: firstKey,
  writes: true,
  run(keyspace, args) {
    if (keyspace.find(args.bytes(1))?.expireAtMs === undefined) return 0;
    keyspace.expire(args.bytes(1), undefined);
    return 1;
  },
};

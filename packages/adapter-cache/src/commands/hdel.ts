import { removeField } from "../documents/field-expiry.js";
import { firstKey, type Command } from "./command.js";
import { openHash } from "./hashes.js";

/** `HDEL key field…`: removes fields; how many were there. */
export const hdel: Command = {
  name: "hdel",
  arity: -3,
  keys: firstKey,
  writes: true,
  run(keyspace, args) {
    const hash = openHash(keyspace, args.bytes(1));
    const removed = args.slice(2).filter((_, index) => removeField(hash, args.text(index + 2))).length;
    if (removed > 0) keyspace.update(args.bytes(1), hash);
    return removed;
  },
};

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
    const fields = args.texts(2);
    hash.fields.gather?.(fields);
    const removed = fields.filter((field) => removeField(hash, field)).length;
    if (removed > 0) keyspace.update(args.bytes(1), hash);
    return removed;
  },
};

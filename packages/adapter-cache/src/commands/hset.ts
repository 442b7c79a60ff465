import { setField } from "../documents/field-expiry.js";
import type { Keyspace } from "../engine/keyspace.js";
import { ok } from "../resp/reply.js";
import { arityError, type Arguments } from "./arguments.js";
import { firstKey, type Command } from "./command.js";
import { openHash } from "./hashes.js";

/** Sets fields; how many of them are new. */
function setFields(keyspace: Keyspace, args: Arguments): number {
  if (args.count % 2 === 1) throw arityError(args.text(0).toLowerCase());
  const hash = openHash(keyspace, args.bytes(1));
  if (args.count > 4) hash.fields.gather?.(args.texts(2, 2));
  const before = hash.fields.size;
  for (let index = 2; index < args.count; index += 2) setField(hash, args.text(index), args.bytes(index + 1));
  keyspace.update(args.bytes(1), hash);
  return hash.fields.size - before;
}

/** `HSET key field value [field value…]`: how many of the fields are new. */
export const hset: Command = { name: "hset", arity: -4, keys: firstKey, writes: true, run: setFields };

/** `HMSET key field value [field value…]`: HSET that answers OK. */
export const hmset: Command = {
  name: "hmset",
  arity: -4,
  keys: firstKey,
  writes: true,
  run(keyspace, args) {
    setFields(keyspace, args);
    return ok;
  },
};

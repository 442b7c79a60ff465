import type { MemberMap } from "../documents/members.js";
import { MapReply, type Reply } from "../resp/reply.js";
import { firstKey, type Command } from "./command.js";
import { readHash, toBytes } from "./hashes.js";

function reader(name: string, reply: (fields: MemberMap<Buffer>) => Reply): Command {
  return {
    name,
    arity: 2,
    keys: firstKey,
    writes: false,
    run: (keyspace, args) => reply(readHash(keyspace, args.bytes(1)) ?? new Map<string, Buffer>()),
  };
}

/** `HGETALL key`: every field and its value. */
export const hgetall = reader(
  "hgetall",
  (fields) => new MapReply([...fields].flatMap(([field, value]) => [toBytes(field), value])),
);

/** `HKEYS key`: every field. */
export const hkeys = reader("hkeys", (fields) => [...fields.keys()].map(toBytes));

/** `HVALS key`: every value. */
export const hvals = reader("hvals", (fields) => [...fields.values()]);

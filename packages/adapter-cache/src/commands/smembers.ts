import { SetReply } from "../resp/reply.js";
import { firstKey, type Command } from "./command.js";
import { toBytes } from "./hashes.js";
import { readSet } from "./sets.js";

/** `SMEMBERS key`: every member. */
export const smembers: Command = {
  name: "smembers",
  arity: 2,
  keys: firstKey,
  writes: false,
  run: (keyspace, args) => new SetReply([...readSet(keyspace, args.bytes(1))].map(toBytes)),
};

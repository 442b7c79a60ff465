import { Status } from "../resp/reply.js";
import { firstKey, type Command } from "./command.js";

/** `TYPE key`: string, hash, list, set, zset, or none. */
export const type: Command = {
  name: "type",
  arity: 2,
  keys: firstKey,
  writes: false,
  run: (keyspace, args) => new Status(keyspace.find(args.bytes(1))?.value.type ?? "none"),
};

import { ErrorReply, ok } from "../resp/reply.js";
import { firstKey, type Command } from "./command.js";
import { fromEnd, openList } from "./lists.js";

/** `LSET key index item`: replaces one item. */
export const lset: Command = {
  name: "lset",
  arity: 4,
  keys: firstKey,
  writes: true,
  run(keyspace, args) {
    const list = openList(keyspace, args.bytes(1));
    if (list.items.length === 0) throw new ErrorReply("ERR no such key");
    const index = fromEnd(args.position(2), list.items.length);
    if (index < 0 || index >= list.items.length) throw new ErrorReply("ERR index out of range");
    list.items.set(index, args.bytes(3));
    keyspace.update(args.bytes(1), list);
    return ok;
  },
};

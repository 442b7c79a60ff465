import { ErrorReply } from "../resp/reply.js";
import { syntaxError } from "./arguments.js";
import type { Command } from "./command.js";
import { numberedKeys, readNotNegative, readPositive } from "./numbered-keys.js";
import { readSet } from "./sets.js";

/** `SINTERCARD numkeys key… [LIMIT limit]`: how many members all sets have, at most so many. */
export const sintercard: Command = {
  name: "sintercard",
  arity: -3,
  keys: numberedKeys(1),
  writes: false,
  run(keyspace, args) {
    const keyCount = readPositive(args, 1, "numkeys");
    if (keyCount > args.count - 2) throw new ErrorReply("ERR Number of keys can't be greater than number of args");
    let limit = 0;
    for (let index = 2 + keyCount; index < args.count; index += 2) {
      if (args.keyword(index) !== "LIMIT" || index + 1 >= args.count) throw syntaxError();
      limit = readNotNegative(args, index + 1, "ERR LIMIT can't be negative");
    }
    const [first, ...others] = args.slice(2, 2 + keyCount).map((key) => readSet(keyspace, key));
    const members = [...(first ?? [])];
    for (const other of others) other.gather?.(members);
    const common = members.filter((member) => others.every((other) => other.has(member))).length;
    return limit === 0 ? common : Math.min(limit, common);
  },
};

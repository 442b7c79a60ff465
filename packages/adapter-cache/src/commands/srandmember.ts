import { syntaxError } from "./arguments.js";
import { firstKey, type Command } from "./command.js";
import { toBytes } from "./hashes.js";
import { randomMembers, readCount } from "./random-members.js";
import { readSet } from "./sets.js";

/** `SRANDMEMBER key [count]`: members chosen at random. */
export const srandmember: Command = {
  name: "srandmember",
  arity: -2,
  keys: firstKey,
  writes: false,
  run(keyspace, args) {
    if (args.count > 3) throw syntaxError();
    const count = readCount(args);
    const chosen = randomMembers([...readSet(keyspace, args.bytes(1))], count ?? 1).map(toBytes);
    return count === undefined ? (chosen[0] ?? null) : chosen;
  },
};

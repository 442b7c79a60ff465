import { PairsReply } from "../resp/reply.js";
import { syntaxError } from "./arguments.js";
import { firstKey, type Command } from "./command.js";
import { readHash, toBytes } from "./hashes.js";
import { randomMembers, readCount } from "./random-members.js";

/** `HRANDFIELD key [count [WITHVALUES]]`: fields chosen at random. */
export const hrandfield: Command = {
  name: "hrandfield",
  arity: -2,
  keys: firstKey,
  writes: false,
  run(keyspace, args) {
    const count = readCount(args);
    const withValues = args.keyword(3) === "WITHVALUES";
    if (args.count > 4 || (args.count === 4 && !withValues)) throw syntaxError();
    const fields = [...(readHash(keyspace, args.bytes(1)) ?? [])];
    const chosen = randomMembers(fields, count ?? 1).map(([field, value]) => [toBytes(field), value] as const);
    if (count === undefined) return chosen[0]?.[0] ?? null;
    return withValues ? new PairsReply(chosen) : chosen.map(([field]) => field);
  },
};

import { parseInteger } from "../numbers/integer.js";
import { ErrorReply, SetReply } from "../resp/reply.js";
import { syntaxError } from "./arguments.js";
import { firstKey, type Command } from "./command.js";
import { toBytes } from "./hashes.js";
import { randomMembers } from "./random-members.js";
import { openSet } from "./sets.js";

/** `SPOP key [count]`: removes members chosen at random, and replies them. */
export const spop: Command = {
  name: "spop",
  arity: -2,
  keys: firstKey,
  writes: true,
  run(keyspace, args) {
    if (args.count > 3) throw syntaxError();
    const count = args.count === 3 ? parseInteger(args.bytes(2)) : 1n;
    if (count === undefined || count < 0n) throw new ErrorReply("ERR value is out of range, must be positive");
    const set = openSet(keyspace, args.bytes(1));
    const chosen = randomMembers([...set.members], Number(count));
    for (const member of chosen) set.members.delete(member);
    if (chosen.length > 0) keyspace.update(args.bytes(1), set);
    const members = chosen.map(toBytes);
    return args.count === 3 ? new SetReply(members) : (members[0] ?? null);
  },
};

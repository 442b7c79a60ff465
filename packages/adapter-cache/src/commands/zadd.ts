import type { Keyspace } from "../engine/keyspace.js";
import { Double, ErrorReply, type Reply } from "../resp/reply.js";
import type { Arguments } from "./arguments.js";
import { firstKey, type Command } from "./command.js";
import { openSortedSet } from "./sorted-sets.js";
import { readZaddOptions, type ZaddOptions } from "./zadd-options.js";

/** `ZADD key [NX | XX] [GT | LT] [CH] [INCR] score member [score member…]`: how many members are new (`CH`: or changed). */
export const zadd: Command = {
  name: "zadd",
  arity: -4,
  keys: firstKey,
  writes: true,
  run: (keyspace, args) => addScores(keyspace, args.bytes(1), readZaddOptions(args)),
};

/** `ZINCRBY key amount member`: adds to a member's score. */
export const zincrby: Command = {
  name: "zincrby",
  arity: 4,
  keys: firstKey,
  writes: true,
  run: (keyspace, args: Arguments) =>
    addScores(keyspace, args.bytes(1), { flags: new Set(["INCR"]), pairs: [[args.double(2), args.text(3)]] }),
};

/** Does what ZADD does, with options that were read. */
export function addScores(keyspace: Keyspace, key: Buffer, { flags, pairs }: ZaddOptions): Reply {
  const zset = openSortedSet(keyspace, key);
  const members = pairs.map(([, member]) => member);
  // What is added to a score is not known yet, nor where the member will be.
  zset.scores.gather?.(members, flags.has("INCR") ? [] : pairs.map(([score, member]) => [member, score]));
  const counts = { added: 0, changed: 0 };
  let last: number | undefined;
  for (const [amount, member] of pairs) {
    const old = zset.scores.get(member);
    const score = flags.has("INCR") && old !== undefined ? old + amount : amount;
    last = undefined;
    if (old === undefined ? flags.has("XX") : flags.has("NX")) continue;
    if (Number.isNaN(score)) throw new ErrorReply("ERR resulting score is not a number (NaN)");
    if (old !== undefined && ((flags.has("GT") && score <= old) || (flags.has("LT") && score >= old))) continue;
    last = score;
    if (old === undefined) counts.added++;
    else if (old !== score) counts.changed++;
    // Redis keeps small sets in a form that has no negative zero.
    zset.scores.set(member, score === 0 ? 0 : score);
  }
  if (counts.added + counts.changed > 0) keyspace.update(key, zset);
  if (flags.has("INCR")) return last === undefined ? null : new Double(last);
  return counts.added + (flags.has("CH") ? counts.changed : 0);
}

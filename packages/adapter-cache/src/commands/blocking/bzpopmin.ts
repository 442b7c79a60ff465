import type { Scored } from "../../documents/members.js";
import type { Keyspace } from "../../engine/keyspace.js";
import { Double, type Reply } from "../../resp/reply.js";
import type { Arguments } from "../arguments.js";
import type { Command } from "../command.js";
import { toBytes } from "../hashes.js";
import { readManyPop, type ManyPop } from "../mpop-arguments.js";
import { numberedKeys } from "../numbered-keys.js";
import { takeRanked } from "../sorted-sets.js";
import { firstFilled } from "./first-filled.js";
import { readTimeout } from "./timeout.js";

interface Pop extends ManyPop<"MIN" | "MAX"> {
  readonly lenient: boolean;
}

function popScored(
  keyspace: Keyspace,
  { keys, side, count, lenient }: Pop,
): { readonly key: Buffer; readonly popped: readonly Scored[] } {
  const { key, value } = firstFilled(keyspace, keys, { type: "zset", lenient });
  const popped = takeRanked(value, side, count);
  keyspace.update(key, value);
  return { key, popped };
}

function popper(name: string, side: "MIN" | "MAX"): Command {
  const pop = (keyspace: Keyspace, args: Arguments, lenient: boolean): Reply => {
    readTimeout(args, args.count - 1);
    const { key, popped } = popScored(keyspace, { keys: args.slice(1, -1), side, count: 1, lenient });
    return [key, ...popped.flatMap(([member, score]) => [toBytes(member), new Double(score)])];
  };
  return {
    name,
    arity: -3,
    keys: (args) => args.slice(1, -1),
    writes: true,
    run: (keyspace, args) => pop(keyspace, args, false),
    blocking: {
      timeoutMs: (args) => readTimeout(args, args.count - 1),
      resume: (keyspace, args) => pop(keyspace, args, true),
    },
  };
}

/** `BZPOPMIN key… timeout`: the member with the lowest score of the first sorted set that has one. */
export const bzpopmin = popper("bzpopmin", "MIN");

/** `BZPOPMAX key… timeout`: the member with the highest score. */
export const bzpopmax = popper("bzpopmax", "MAX");

function popMany(keyspace: Keyspace, args: Arguments, lenient: boolean): Reply {
  readTimeout(args, 1);
  const { key, popped } = popScored(keyspace, { ...readManyPop(args, 2, ["MIN", "MAX"]), lenient });
  return [key, popped.map(([member, score]) => [toBytes(member), new Double(score)])];
}

/** `BZMPOP timeout numkeys key… MIN|MAX [COUNT count]`: members of the first sorted set that has any. */
export const bzmpop: Command = {
  name: "bzmpop",
  arity: -5,
  keys: numberedKeys(2),
  writes: true,
  run: (keyspace, args) => popMany(keyspace, args, false),
  blocking: {
    timeoutMs(args) {
      const timeoutMs = readTimeout(args, 1);
      readManyPop(args, 2, ["MIN", "MAX"]);
      return timeoutMs;
    },
    resume: (keyspace, args) => popMany(keyspace, args, true),
  },
};

import type { RankedMembers, Scored } from "../documents/members.js";
import { splitOf } from "../documents/parts/split-values.js";
import type { Keyspace } from "../engine/keyspace.js";
import { formatDouble } from "../numbers/double.js";
import { ErrorReply, type Reply } from "../resp/reply.js";
import { matchesGlob } from "../bytes/glob.js";
import { syntaxError, type Arguments } from "./arguments.js";
import { firstKey, type Command } from "./command.js";
import { isSmallSortedSet } from "./keys/encoding.js";
import { readHash, toBytes } from "./hashes.js";
import { readSet } from "./sets.js";
import { openSortedSet, readRanked } from "./sorted-sets.js";

/** A member with what is told of it. */
type Told = readonly [member: string, ...others: Reply[]];

/** What one kind of scan tells. */
interface Scan {
  /** Every member; refuses a key of another type. */
  all(keyspace: Keyspace, key: Buffer): readonly Told[];
  /** How many there are, and what is told of some of them. */
  some(keyspace: Keyspace, key: Buffer): { readonly size: number; readonly tell: (member: string) => Told };
}

/** Up to how many members come at once, whatever COUNT says: those that Redis keeps in one piece. */
const mostAtOnce = 512;

/** The largest position there is. */
const lastPosition = 2 ** 32 - 1;

function scanner(name: string, scan: Scan): Command {
  return {
    name,
    arity: -3,
    keys: firstKey,
    writes: false,
    run(keyspace, args) {
      if (!/^\d{1,20}$/.test(args.text(2))) throw new ErrorReply("ERR invalid cursor");
      const key = args.bytes(1);
      const { size, tell } = scan.some(keyspace, key);
      const value = keyspace.find(key)?.value;
      if (value === undefined) return ["0", []];
      const { pattern, count } = readOptions(args);
      const split = size > mostAtOnce ? splitOf(value) : undefined;
      const page = split?.page?.(Math.min(Number(args.text(2)), lastPosition), count);
      const told = page === undefined ? scan.all(keyspace, key) : page.members.map(tell);
      const matching = told.filter(([member]) => pattern === undefined || matchesGlob(pattern, member));
      return [String(page?.next ?? 0), matching.flatMap(([member, ...others]) => [toBytes(member), ...others])];
    },
  };
}

function readOptions(args: Arguments): { readonly pattern: string | undefined; readonly count: number } {
  let pattern: string | undefined;
  let count = 10;
  for (let index = 3; index < args.count; index += 2) {
    const word = args.keyword(index);
    if (index + 1 >= args.count) throw syntaxError();
    if (word === "COUNT") {
      count = args.position(index + 1);
      if (count < 1) throw syntaxError();
    } else if (word === "MATCH") pattern = args.text(index + 1);
    else throw syntaxError();
  }
  return { pattern, count };
}

/** `HSCAN key cursor [MATCH pattern] [COUNT count]`: fields and values. */
export const hscan = scanner("hscan", {
  all: (keyspace, key) => [...(readHash(keyspace, key) ?? [])],
  some(keyspace, key) {
    const fields = readHash(keyspace, key);
    return { size: fields?.size ?? 0, tell: (field) => [field, fields?.get(field) ?? null] };
  },
});

/** `SSCAN key cursor [MATCH pattern] [COUNT count]`: members. */
export const sscan = scanner("sscan", {
  all: (keyspace, key) => [...readSet(keyspace, key)].map((member) => [member] as const),
  some: (keyspace, key) => ({ size: readSet(keyspace, key).size, tell: (member) => [member] }),
});

/** `ZSCAN key cursor [MATCH pattern] [COUNT count]`: members and scores. */
export const zscan = scanner("zscan", {
  all(keyspace, key) {
    const members = wholeRange(readRanked(keyspace, key));
    const isSmall = isSmallSortedSet(
      members.length,
      members.map(([member]) => member),
    );
    return members.map(([member, score]) => [member, isSmall ? formatKept(score) : formatDouble(score)]);
  },
  some(keyspace, key) {
    const { scores } = openSortedSet(keyspace, key);
    return { size: scores.size, tell: (member) => [member, formatDouble(scores.get(member) ?? 0)] };
  },
});

/** Redis keeps integers as such in a small sorted set, and tells them as it keeps them. */
function formatKept(score: number): string {
  return Number.isInteger(score) && Math.abs(score) <= 2 ** 62 ? String(BigInt(score)) : formatDouble(score);
}

function wholeRange(ranked: RankedMembers): readonly Scored[] {
  return ranked.slice(0, ranked.length);
}

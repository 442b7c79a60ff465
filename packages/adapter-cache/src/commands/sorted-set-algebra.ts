import type { MemberMap, Scored } from "../documents/members.js";
import { sortScores } from "../documents/parts/split-values.js";
import type { Keyspace } from "../engine/keyspace.js";
import { Double, ErrorReply, PairsReply, type Reply } from "../resp/reply.js";
import type { Arguments } from "./arguments.js";
import type { Command } from "./command.js";
import { toBytes } from "./hashes.js";
import { numberedKeys, storeAndNumberedKeys } from "./numbered-keys.js";
import { readAlgebra, type Aggregate, type AlgebraForm, type AlgebraOptions } from "./sorted-set-algebra-options.js";

type Scores = MemberMap<number>;

interface Source {
  readonly scores: Scores;
  readonly weight: number;
}

/** The members of a key with scores; those of a set have 1 each. */
function readScores(keyspace: Keyspace, key: Buffer): Scores {
  const value = keyspace.find(key)?.value;
  if (value === undefined) return new Map();
  if (value.type === "zset") return value.scores;
  if (value.type === "set") return new Map([...value.members].map((member) => [member, 1]));
  throw new ErrorReply("WRONGTYPE Operation against a key holding the wrong kind of value");
}

function combine(keyspace: Keyspace, args: Arguments, form: AlgebraForm): [Map<string, number>, AlgebraOptions] {
  const options = readAlgebra(args, form, (keys) => keys.map((key) => readScores(keyspace, key)));
  const sources = options.sources.map((scores, index): Source => ({ scores, weight: options.weights[index] ?? 1 }));
  if (form.operation === "diff") return [subtract(sources), options];
  // Floating-point sums depend on their order, and Redis begins with the smallest set.
  sources.sort((left, right) => left.scores.size - right.scores.size);
  return [form.operation === "inter" ? intersect(sources, options) : unite(sources, options), options];
}

function subtract([first, ...others]: readonly Source[]): Map<string, number> {
  const scored = [...(first?.scores ?? [])];
  gatherAll(others, scored);
  const rest = scored.filter(([member]) => !others.some(({ scores }) => scores.has(member)));
  return new Map(rest);
}

function intersect([first, ...others]: readonly Source[], { aggregate, limit }: AlgebraOptions): Map<string, number> {
  const result = new Map<string, number>();
  const scored = [...(first?.scores ?? [])];
  gatherAll(others, scored);
  for (const [member, score] of scored) {
    if (!others.every(({ scores }) => scores.has(member))) continue;
    let total = numberOrZero(score * (first?.weight ?? 1));
    for (const { scores, weight } of others) total = aggregateTwo(total, (scores.get(member) ?? 0) * weight, aggregate);
    result.set(member, total);
    if (result.size === limit) break;
  }
  return result;
}

function gatherAll(sources: readonly Source[], scored: readonly Scored[]): void {
  const members = scored.map(([member]) => member);
  for (const { scores } of sources) scores.gather?.(members);
}

function unite(sources: readonly Source[], { aggregate }: AlgebraOptions): Map<string, number> {
  const result = new Map<string, number>();
  for (const { scores, weight } of sources) {
    for (const [member, score] of scores) {
      const weighted = numberOrZero(score * weight);
      const before = result.get(member);
      result.set(member, before === undefined ? weighted : aggregateTwo(before, weighted, aggregate));
    }
  }
  return result;
}

function aggregateTwo(total: number, score: number, aggregate: Aggregate): number {
  if (aggregate === "SUM") return numberOrZero(total + score);
  // Not Math.min and Math.max, which differ for what is no number.
  return (aggregate === "MIN" ? score < total : score > total) ? score : total;
}

/** Infinities of both signs, and infinity times nothing, make 0. */
function numberOrZero(score: number): number {
  return Number.isNaN(score) ? 0 : score;
}

function reader(name: string, operation: AlgebraForm["operation"]): Command {
  const form: AlgebraForm = { name, operation, result: "members" };
  return {
    name,
    arity: -3,
    keys: numberedKeys(1),
    writes: false,
    run(keyspace, args): Reply {
      const [scores, { withScores }] = combine(keyspace, args, form);
      const sorted = sortScores(scores);
      if (!withScores) return sorted.map(([member]) => toBytes(member));
      return new PairsReply(sorted.map(([member, score]) => [toBytes(member), new Double(score)]));
    },
  };
}

function storer(name: string, operation: AlgebraForm["operation"]): Command {
  const form: AlgebraForm = { name, operation, result: "store" };
  return {
    name,
    arity: -4,
    keys: storeAndNumberedKeys,
    writes: true,
    run(keyspace, args) {
      const [scores] = combine(keyspace, args, form);
      storeScores(keyspace, args.bytes(1), scores);
      return scores.size;
    },
  };
}

/** Stores a sorted set in place of what a key held; nothing of it removes the key. */
export function storeScores(keyspace: Keyspace, key: Buffer, scores: Scores): void {
  if (scores.size === 0) {
    keyspace.remove(key);
    return;
  }
  // Redis keeps small sets in a form that has no negative zero.
  const stored = new Map([...scores].map(([member, score]) => [member, score === 0 ? 0 : score]));
  keyspace.replace(key, { type: "zset", scores: stored });
}

/** `ZUNION numkeys key… [WEIGHTS weight…] [AGGREGATE SUM|MIN|MAX] [WITHSCORES]`: the members of any set. */
export const zunion = reader("zunion", "union");

/** `ZINTER numkeys key… [WEIGHTS weight…] [AGGREGATE SUM|MIN|MAX] [WITHSCORES]`: the members of all sets. */
export const zinter = reader("zinter", "inter");

/** `ZDIFF numkeys key… [WITHSCORES]`: the members of the first set that are in no other. */
export const zdiff = reader("zdiff", "diff");

/** `ZUNIONSTORE destination numkeys key… …`: stores what ZUNION replies; how many members that is. */
export const zunionstore = storer("zunionstore", "union");

/** `ZINTERSTORE destination numkeys key… …`: stores what ZINTER replies. */
export const zinterstore = storer("zinterstore", "inter");

/** `ZDIFFSTORE destination numkeys key…`: stores what ZDIFF replies. */
export const zdiffstore = storer("zdiffstore", "diff");

/** `ZINTERCARD numkeys key… [LIMIT limit]`: how many members all sets have, at most so many. */
export const zintercard: Command = {
  name: "zintercard",
  arity: -3,
  keys: numberedKeys(1),
  writes: false,
  run: (keyspace, args) => combine(keyspace, args, { name: "zintercard", operation: "inter", result: "count" })[0].size,
};

import { type CopyEnds, scanMembers } from "./copy-key.js";
import type { SeenKey } from "./fingerprints.js";
import { bytesOf, fieldsOf, listOf, type RedisClient, type RedisReply } from "./redis-client.js";

/** How far apart the times of expiry may be, in milliseconds. */
const expirySlackMs = 1_000;
const chunk = 500;
const chunkBytes = 1024 * 1024;

/** Says what of a key differs between source and target, in a few words; `undefined` if nothing does. Large values are compared in pieces. */
export async function differenceOf(ends: CopyEnds, { key, type }: SeenKey): Promise<string | undefined> {
  const { source, target } = ends;
  const there = bytesOf(await target.call("TYPE", key)).toString();
  if (there !== type) return there === "none" ? "is missing" : `is a ${there} and not a ${type}`;
  const isSame = (await comparisons[type]?.(ends, key)) ?? true;
  if (!isSame) return "has another value";
  const [left, leftThere] = await Promise.all([source.call("PTTL", key), target.call("PTTL", key)]);
  const [ms, msThere] = [Number(left), Number(leftThere)];
  const expiresAlike = ms < 0 || msThere < 0 ? ms === msThere : Math.abs(ms - msThere) <= expirySlackMs;
  return expiresAlike ? undefined : "expires at another time";
}

type Compare = (ends: CopyEnds, key: Buffer) => Promise<boolean>;

const comparisons: Readonly<Record<string, Compare>> = {
  string: (ends, key) =>
    inPieces(ends, { size: chunkBytes, length: "STRLEN", key }, (start, end) => ["GETRANGE", key, start, end]),
  list: (ends, key) =>
    inPieces(ends, { size: chunk, length: "LLEN", key }, (start, end) => ["LRANGE", key, start, end]),
  zset: (ends, key) =>
    inPieces(ends, { size: chunk, length: "ZCARD", key }, (start, end) => ["ZRANGE", key, start, end, "WITHSCORES"]),
  async hash({ source, target }, key) {
    if (!(await sameReply(source, target, ["HLEN", key]))) return false;
    for await (const pairs of scanMembers(source, "HSCAN", key)) {
      const fields = pairs.filter((_, index) => index % 2 === 0);
      const values = pairs.filter((_, index) => index % 2 === 1);
      if (!isEqual(await target.call("HMGET", key, ...fields), values)) return false;
    }
    return true;
  },
  async set({ source, target }, key) {
    if (!(await sameReply(source, target, ["SCARD", key]))) return false;
    for await (const members of scanMembers(source, "SSCAN", key)) {
      const found = listOf(await target.call("SMISMEMBER", key, ...members));
      if (found.some((each) => each !== 1)) return false;
    }
    return true;
  },
  async stream({ source, target }, key) {
    for (let start = "-"; ; ) {
      const words: Command = ["XRANGE", key, start, "+", "COUNT", chunk];
      const entries = listOf(await call(source, words));
      if (!isEqual(await call(target, words), entries)) return false;
      if (entries.length < chunk) break;
      start = `(${bytesOf(listOf(entries.at(-1))[0]).toString()}`;
    }
    return sameGroups({ source, target }, key);
  },
};

type Command = readonly [name: string, ...words: (string | Buffer | number)[]];

interface Pieces {
  readonly key: Buffer;
  readonly size: number;
  /** The command that tells how many there are. */
  readonly length: string;
}

async function inPieces(
  { source, target }: CopyEnds,
  { key, size, length }: Pieces,
  piece: (start: number, end: number) => Command,
): Promise<boolean> {
  const count = await source.call(length, key);
  if (!isEqual(await target.call(length, key), count)) return false;
  for (let start = 0; start < Number(count); start += size)
    if (!(await sameReply(source, target, piece(start, start + size - 1)))) return false;
  return true;
}

/** Groups are the same if they and what they have not acknowledged are; how long that is idle goes on. */
async function sameGroups({ source, target }: Pick<CopyEnds, "source" | "target">, key: Buffer): Promise<boolean> {
  const groups = listOf(await source.call("XINFO", "GROUPS", key)).map(fieldsOf);
  const groupsThere = listOf(await target.call("XINFO", "GROUPS", key)).map(fieldsOf);
  if (groups.length !== groupsThere.length) return false;
  for (const [index, group] of groups.entries()) {
    const there = groupsThere[index];
    for (const field of ["name", "consumers", "pending", "last-delivered-id"])
      if (!isEqual(there?.get(field) ?? null, group.get(field) ?? null)) return false;
    if (!(await sameReply(source, target, ["XPENDING", key, bytesOf(group.get("name"))]))) return false;
  }
  return true;
}

async function sameReply(source: RedisClient, target: RedisClient, command: Command): Promise<boolean> {
  const [reply, there] = await Promise.all([call(source, command), call(target, command)]);
  return isEqual(there, reply);
}

function call(client: RedisClient, [name, ...words]: Command): Promise<RedisReply> {
  return client.call(name, ...words);
}

function isEqual(a: RedisReply, b: RedisReply): boolean {
  if (Buffer.isBuffer(a) && Buffer.isBuffer(b)) return a.equals(b);
  const [list, other] = [listOf(a), listOf(b)];
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  return list.length === other.length && list.every((each, index) => isEqual(each, other[index] ?? null));
}

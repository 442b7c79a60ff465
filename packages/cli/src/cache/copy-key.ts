import { copyStream } from "./copy-stream.js";
import type { SeenKey } from "./fingerprints.js";
import { bytesOf, listOf, type RedisClient, type RedisReply } from "./redis-client.js";

/** From where to where. */
export interface CopyEnds {
  readonly source: RedisClient;
  readonly target: RedisClient;
  /** Whether the source has an expiry for fields of hashes (Redis 7.4). */
  readonly hasFieldExpiry: boolean;
}

/** How many members of a value are moved at a time. */
const chunk = 500;
/** How many bytes of a string are moved at a time. */
const chunkBytes = 1024 * 1024;

type Copy = (ends: CopyEnds, key: Buffer) => Promise<void>;

const copies: Readonly<Record<string, Copy>> = {
  async string({ source, target }, key) {
    for (let start = 0; ; start += chunkBytes) {
      const part = bytesOf(await source.call("GETRANGE", key, start, start + chunkBytes - 1));
      if (start === 0) await target.call("SET", key, part);
      else if (part.length > 0) await target.call("APPEND", key, part);
      if (part.length < chunkBytes) return;
    }
  },
  async list({ source, target }, key) {
    for (let start = 0; ; start += chunk) {
      const items = listOf(await source.call("LRANGE", key, start, start + chunk - 1)).map(bytesOf);
      if (items.length > 0) await target.call("RPUSH", key, ...items);
      if (items.length < chunk) return;
    }
  },
  async hash(ends, key) {
    for await (const pairs of scanMembers(ends.source, "HSCAN", key)) {
      await ends.target.call("HSET", key, ...pairs);
      if (ends.hasFieldExpiry) await copyFieldExpiry(ends, key, pairs);
    }
  },
  async set({ source, target }, key) {
    for await (const members of scanMembers(source, "SSCAN", key)) await target.call("SADD", key, ...members);
  },
  async zset({ source, target }, key) {
    for (let start = 0; ; start += chunk) {
      const reply = await source.call("ZRANGE", key, start, start + chunk - 1, "WITHSCORES");
      const pairs = listOf(reply).map(bytesOf);
      const scored: Buffer[] = [];
      for (let index = 0; index + 1 < pairs.length; index += 2)
        scored.push(pairs[index + 1] ?? Buffer.alloc(0), pairs[index] ?? Buffer.alloc(0));
      if (scored.length > 0) await target.call("ZADD", key, ...scored);
      if (pairs.length < chunk * 2) return;
    }
  },
  stream: copyStream,
};

/** Whether values of a type can be copied: those of modules cannot. */
export function isCopied(type: string): boolean {
  return Object.hasOwn(copies, type);
}

/**
 * Copies a key in pieces, in the place of what is there. Killed in the middle it is to be copied again as a whole. A key that changes
 * meanwhile may arrive as it never was, and is to be copied again as well.
 */
export async function copyKey(ends: CopyEnds, { key, type }: SeenKey): Promise<void> {
  const { source, target } = ends;
  await target.call("DEL", key);
  await copies[type]?.(ends, key);
  const leftMs = Number(await source.call("PTTL", key));
  if (leftMs >= 0) await target.call("PEXPIREAT", key, Date.now() + leftMs);
}

/** The members of a large value, or fields and values of a hash, some at a time. */
export async function* scanMembers(
  source: RedisClient,
  command: "HSCAN" | "SSCAN",
  key: Buffer,
): AsyncIterable<readonly Buffer[]> {
  let cursor = "0";
  do {
    const [next, members] = listOf(await source.call(command, key, cursor, "COUNT", chunk));
    cursor = bytesOf(next).toString();
    const all = listOf(members).map(bytesOf);
    // A small value comes as a whole, whatever COUNT says.
    for (let start = 0; start < all.length; start += chunk * 2) yield all.slice(start, start + chunk * 2);
  } while (cursor !== "0");
}

async function copyFieldExpiry({ source, target }: CopyEnds, key: Buffer, pairs: readonly Buffer[]): Promise<void> {
  const fields = pairs.filter((_, index) => index % 2 === 0);
  const times: readonly RedisReply[] = listOf(
    await source.call("HPEXPIRETIME", key, "FIELDS", fields.length, ...fields),
  );
  for (const [index, field] of fields.entries()) {
    const at = Number(times[index] ?? -1);
    if (at > 0) await target.call("HPEXPIREAT", key, at, "FIELDS", 1, field);
  }
}

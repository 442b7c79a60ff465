import { MechaError } from "@mecha/spec";
import type { Redis } from "ioredis-upstream";

/** A reply as it came: bytes for texts. */
export type RedisReply = Buffer | number | null | readonly RedisReply[];

/** A connection that answers with bytes. */
export interface RedisClient {
  /** Host, port and database, without credentials. */
  readonly address: string;
  /** Does one command. Rejects with the server's own error, or `UNAVAILABLE`. */
  call(name: string, ...words: readonly (string | Buffer | number)[]): Promise<RedisReply>;
  close(): void;
}

/** How long connecting may take, in milliseconds. */
const connectMs = 10_000;

/**
 * Connects to a Redis.
 *
 * @param url - `redis://` or `rediss://`, with credentials and database if there are any
 * @throws MechaError `UNAVAILABLE` that names the server and what it said
 */
export async function openRedis(url: string, database?: number): Promise<RedisClient> {
  const { Redis } = await import("ioredis-upstream");
  const redis: Redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: connectMs,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    ...(database !== undefined && { db: database }),
  });
  const { host = "", port = 0, db = 0 } = redis.options;
  const address = `redis://${host}:${String(port)}/${String(db)}`;
  let lastError: unknown;
  redis.on("error", (error) => {
    lastError = error;
  });
  const known = (error: unknown): unknown => {
    if (error instanceof Error && error.name === "ReplyError") return error;
    const cause = lastError ?? error;
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new MechaError("UNAVAILABLE", `${address} does not answer: ${reason}`, { cause });
  };
  try {
    await redis.connect();
  } catch (error) {
    redis.disconnect();
    throw MechaError.from(known(error));
  }
  return {
    address,
    async call(name, ...words) {
      try {
        return (await redis.callBuffer(name, ...words)) as RedisReply;
      } catch (error) {
        throw known(error);
      }
    },
    close: () => redis.disconnect(),
  };
}

/** The members of a reply that is a list; none for any other. */
export function listOf(reply: RedisReply | undefined): readonly RedisReply[] {
  return Array.isArray(reply) ? (reply as readonly RedisReply[]) : [];
}

/** The bytes of a reply; empty for one that has none. */
export function bytesOf(reply: RedisReply | undefined): Buffer {
  if (Buffer.isBuffer(reply)) return reply;
  return Buffer.from(typeof reply === "number" ? String(reply) : "");
}

/** The fields of a reply that is names and values, by name. */
export function fieldsOf(reply: RedisReply | undefined): ReadonlyMap<string, RedisReply> {
  const items = listOf(reply);
  const fields = new Map<string, RedisReply>();
  for (let index = 0; index + 1 < items.length; index += 2)
    fields.set(bytesOf(items[index]).toString(), items[index + 1] ?? null);
  return fields;
}

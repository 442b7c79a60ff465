import {
  type ComponentContext,
  type ComponentDefinition,
  MechaError,
  type StateOperation,
  type StateRecord,
  type StateStore,
  type StateWriteResult,
} from "@mecha/spec";
import type { Redis } from "ioredis-upstream";
import { checkOperations, etagInvalid, etagMismatch, hasEtag, storeClosed } from "./state-errors.js";
import { RedisConnection } from "./redis/redis-connection.js";
import { isReplyError } from "./redis/redis-error.js";
import { openRedisSession } from "./redis/redis-session.js";
import { readRedisSettings, type RedisSettings, redisUrl } from "./redis/redis-settings.js";
import { writeScript, writeScriptSha } from "./redis/write-script.js";

/** Most operations that go into one call of the script, while which Redis serves nobody else. */
const maxOperationsPerScript = 500;

/** What daprd takes for an ETag: a number as Go's `strconv.Atoi` reads it. */
const etagForm = /^[+-]?\d{1,19}$/;

/**
 * Keeps state in Redis: daprd's `state.redis`, its metadata and its hashes, so a daprd reads and writes the same keys.
 *
 * Where daprd's component breaks the contract of state stores, this one keeps it: transactions apply wholly or not at all,
 * an ETag never matches an absent key, create-only holds over any value, a write without TTL takes an expiry away, and
 * reads tell the expiry. One server only: no cluster, no sentinel.
 */
export const component: ComponentDefinition<"state"> = {
  type: "state.redis",
  create: (context) => createRedisStore(context, readRedisSettings(context)),
};

async function createRedisStore(context: ComponentContext, settings: RedisSettings): Promise<StateStore> {
  const connection = await RedisConnection.open(context, settings);
  let closed = false;

  /** Runs the script; gives the positions of the operations whose condition does not hold. */
  async function runScript(
    operations: readonly StateOperation[],
    { atomic, signal }: { readonly atomic: boolean; readonly signal?: AbortSignal },
  ): Promise<readonly number[]> {
    const call = [
      operations.length,
      ...operations.map(({ key }) => key),
      atomic ? "1" : "0",
      ...operations.flatMap((operation) => scriptArguments(operation, settings.ttlSeconds)),
    ] as const;
    const refused = await connection.run((redis) => evaluate(redis, call), { signal, idempotent: false });
    return refused.map((number) => number - 1);
  }

  async function writeAll(operations: readonly StateOperation[], signal: AbortSignal | undefined): Promise<void> {
    const invalid = operations.find(hasInvalidEtag);
    if (invalid !== undefined) throw etagInvalid(context, invalid);
    const [position] = await runScript(operations, { atomic: true, ...(signal && { signal }) });
    const refused = position === undefined ? undefined : operations[position];
    if (refused !== undefined) throw etagMismatch(context, refused);
  }

  async function writeEach(
    operations: readonly StateOperation[],
    signal: AbortSignal | undefined,
  ): Promise<readonly StateWriteResult[]> {
    const valid = operations.filter((operation) => !hasInvalidEtag(operation));
    const chunks = chunk(valid, maxOperationsPerScript);
    // All are sent at once; one connection keeps their order.
    const refused = await Promise.all(
      chunks.map((part) => runScript(part, { atomic: false, ...(signal && { signal }) })),
    );
    const mismatched = new Set(refused.flatMap((positions, index) => positions.map((at) => chunks[index]?.[at])));
    return operations.map((operation) => {
      if (hasInvalidEtag(operation)) return etagInvalid(context, operation);
      return mismatched.has(operation) ? etagMismatch(context, operation) : undefined;
    });
  }

  return {
    backend: redisUrl(settings),
    features: ["ETAG", "TRANSACTIONAL", "TTL"],
    async get(keys, options) {
      return connection.run((redis) => Promise.all(keys.map((key) => readRecord(redis, key, context))), {
        signal: options?.signal,
        idempotent: true,
      });
    },
    async write(operations, { atomic, signal }) {
      if (closed) throw storeClosed(context);
      if (signal?.aborted === true) throw MechaError.from(signal.reason, `State store "${context.name}"`);
      checkOperations(context, operations);
      if (operations.length === 0) return [];
      if (!atomic) return writeEach(operations, signal);
      await writeAll(operations, signal);
      return operations.map(() => undefined);
    },
    async openSession(options = {}) {
      if (closed) throw storeClosed(context);
      return openRedisSession(context, settings, options);
    },
    async ping(options) {
      await connection.run((redis) => redis.ping(), { signal: options?.signal, idempotent: true });
    },
    async close() {
      closed = true;
      await connection.close();
    },
  };
}

function hasInvalidEtag(operation: StateOperation): boolean {
  return hasEtag(operation) && !etagForm.test(operation.etag);
}

function scriptArguments(operation: StateOperation, defaultTtlSeconds: number | undefined): (string | Buffer)[] {
  const etag = hasEtag(operation) ? BigInt(operation.etag).toString() : "";
  if (operation.type === "delete") return ["delete", etag, "", "0", ""];
  const { value, firstWrite, metadata } = operation;
  // -1 in the request means: never, whatever the component says.
  const fallback = Number(metadata?.["ttlInSeconds"]) < 0 ? undefined : defaultTtlSeconds;
  const ttlSeconds = operation.ttlSeconds ?? fallback;
  return [
    "set",
    etag,
    firstWrite === true ? "1" : "0",
    ttlSeconds === undefined ? "0" : String(Math.ceil(ttlSeconds * 1_000)),
    Buffer.from(value.buffer, value.byteOffset, value.byteLength),
  ];
}

/** Calls the script by its name, and by its text where Redis has forgotten it. The script returns numbers only. */
async function evaluate(redis: Redis, call: readonly [number, ...(string | Buffer)[]]): Promise<readonly number[]> {
  const [keyCount, ...rest] = call;
  try {
    return (await redis.evalsha(writeScriptSha, keyCount, ...rest)) as readonly number[];
  } catch (error) {
    if (!isReplyError(error) || !error.message.startsWith("NOSCRIPT")) throw error;
    return (await redis.eval(writeScript, keyCount, ...rest)) as readonly number[];
  }
}

async function readRecord(redis: Redis, key: string, context: ComponentContext): Promise<StateRecord | undefined> {
  const hash = redis.hmgetBuffer(key, "data", "version").catch((error: unknown) => {
    if (isReplyError(error) && error.message.startsWith("WRONGTYPE")) return undefined;
    throw error;
  });
  const [fields, ttlMs] = await Promise.all([hash, redis.pttl(key)]);
  // As in daprd: what is no hash is read as a plain string, which has no version.
  const [value, version] = fields ?? [await redis.getBuffer(key), Buffer.alloc(0)];
  if (value && version) {
    const record = { value, etag: version.toString() };
    return ttlMs < 0 ? record : { ...record, expiresAtMs: Date.now() + ttlMs };
  }
  // -2 is Redis's word for an absent key.
  if (ttlMs === -2 || fields === undefined) return undefined;
  // It may have been created between the two commands.
  if ((await redis.hexists(key, "version")) === 1) return readRecord(redis, key, context);
  throw new MechaError(
    "FAILED_PRECONDITION",
    `Key "${key}" in state store "${context.name}" holds a hash that is no state: it lacks the fields data and version`,
    { component: context.name, operation: "state.get", metadata: { key } },
  );
}

function chunk<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const starts = Array.from({ length: Math.ceil(items.length / size) }, (_, index) => index * size);
  return starts.map((start) => items.slice(start, start + size));
}

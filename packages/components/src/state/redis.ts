import {
  type ComponentContext,
  type ComponentDefinition,
  MechaError,
  type StateOperation,
  type StateRecord,
  type StateStore,
  type StateWriteOptions,
  type StateWriteResult,
} from "@mecha/spec";
import { componentClosed } from "../component-closed.js";
import { readMetadata } from "../metadata/metadata-reader.js";
import { checkOperations, etagInvalid, etagMismatch, hasEtag } from "./state-errors.js";
import { RedisConnection } from "./redis/redis-connection.js";
import { type Reading, readingsOf, readScript } from "./redis/read-script.js";
import { runScript } from "./redis/redis-script.js";
import { openRedisSession } from "./redis/redis-session.js";
import { readRedisSettings, type RedisSettings, redisUrl } from "./redis/redis-settings.js";
import { etagForm, writeArguments, writeScript } from "./redis/write-script.js";

/** Most keys in one call of a script, during which Redis serves nobody else. */
const maxOperationsPerScript = 500;

/**
 * Keeps state in Redis: daprd's `state.redis`, its metadata and its hashes, so a daprd reads and writes the same keys.
 *
 * Where daprd's component breaks the contract of state stores, this one keeps it: transactions apply wholly or not at all,
 * an ETag never matches an absent key, create-only holds over any value, a write without TTL takes an expiry away, and
 * reads tell the expiry. On one server, behind sentinels, or on a cluster (no transactions over several slots there).
 */
export const component: ComponentDefinition<"state"> = {
  type: "state.redis",
  create: async (context) => {
    const settings = readRedisSettings(context, { cluster: true });
    if (readMetadata(context).text("queryIndexes", "") !== "") {
      context.logger.warn("queryIndexes are heeded by daprd alone: the embedded state.redis has no queries");
    }
    if (!settings.isCluster) return createRedisStore(context, settings);
    refuseTransactionsOfRuntime(context);
    const { splitBySlot } = await import("./redis/split-by-slot.js");
    return splitBySlot(await createRedisStore(context, settings), context);
  },
};

/** Actors, jobs and outboxes write several keys at once, which a cluster has in several slots. */
function refuseTransactionsOfRuntime(context: ComponentContext): void {
  const metadata = readMetadata(context);
  const problem =
    "is set, but a Redis Cluster has no transactions over several slots; use one server, sentinels or state.sqlite";
  if (metadata.boolean("actorStateStore", false)) throw metadata.invalid("actorStateStore", problem);
  if (metadata.text("outboxPublishTopic", "") !== "") throw metadata.invalid("outboxPublishTopic", problem);
}

async function createRedisStore(context: ComponentContext, settings: RedisSettings): Promise<StateStore> {
  const connection = await RedisConnection.open(context, settings);
  let closed = false;

  async function readChunk(keys: readonly string[], signal: AbortSignal | undefined): Promise<readonly Reading[]> {
    const reply = await connection.run((redis) => runScript(redis, readScript, keys), { signal, idempotent: true });
    return readingsOf(reply, keys.length);
  }

  function recordOf(key: string, reading: Reading | undefined): StateRecord | undefined {
    if (reading !== "foreign") return reading;
    throw new MechaError(
      "FAILED_PRECONDITION",
      `Key "${key}" in state store "${context.name}" holds something that is no state: a hash without data and version, or another type`,
      { component: context.name, operation: "state.get", metadata: { key } },
    );
  }

  /** Runs the script; gives the positions of the operations whose condition does not hold. */
  async function apply(
    operations: readonly StateOperation[],
    { atomic, signal }: StateWriteOptions,
  ): Promise<readonly number[]> {
    const keys = operations.map(({ key }) => key);
    const values = operations.flatMap((operation) => writeArguments(operation, settings.ttlSeconds));
    const refused = await connection.run(
      (redis) => runScript(redis, writeScript, keys, [atomic ? "1" : "0", ...values]),
      { signal, idempotent: false },
    );
    // The script returns numbers only.
    return (refused as readonly number[]).map((number) => number - 1);
  }

  async function writeAll(operations: readonly StateOperation[], signal: AbortSignal | undefined): Promise<void> {
    const invalid = operations.find(hasInvalidEtag);
    if (invalid !== undefined) throw etagInvalid(context, invalid);
    const [position] = await apply(operations, { atomic: true, ...(signal && { signal }) });
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
    const refused = await Promise.all(chunks.map((part) => apply(part, { atomic: false, ...(signal && { signal }) })));
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
      if (closed) throw componentClosed(context);
      const readings = await Promise.all(
        chunk(keys, maxOperationsPerScript).map((part) => readChunk(part, options?.signal)),
      );
      const flat = readings.flat();
      return keys.map((key, index) => recordOf(key, flat[index]));
    },
    async write(operations, { atomic, signal }) {
      if (closed) throw componentClosed(context);
      if (signal?.aborted === true) throw MechaError.from(signal.reason, `State store "${context.name}"`);
      checkOperations(context, operations);
      if (operations.length === 0) return [];
      if (!atomic) return writeEach(operations, signal);
      await writeAll(operations, signal);
      return operations.map(() => undefined);
    },
    async openSession(options = {}) {
      if (closed) throw componentClosed(context);
      const settingsNow = settings.sentinel === undefined ? settings : { ...settings, ...connection.server };
      return openRedisSession(context, settingsNow, options);
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

/** Only of a write: as in daprd, a delete with an ETag of another form is one whose ETag does not match. */
function hasInvalidEtag(operation: StateOperation): boolean {
  return operation.type === "set" && hasEtag(operation) && !etagForm.test(operation.etag);
}

function chunk<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const starts = Array.from({ length: Math.ceil(items.length / size) }, (_, index) => index * size);
  return starts.map((start) => items.slice(start, start + size));
}

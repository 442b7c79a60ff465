import { type ComponentContext, type ComponentDefinition, type LockStore, MechaError } from "@mecha/spec";
import { RedisConnection } from "../state/redis/redis-connection.js";
import { createScript, runScript } from "../state/redis/redis-script.js";
import { readRedisSettings, redisUrl } from "../state/redis/redis-settings.js";

/** Deletes a key that has this value: 1 if it did, -1 if there is no such key, -2 if it has another value. */
const unlockScript = createScript(`
local owner = redis.call('GET', KEYS[1])
if not owner then return -1 end
if owner ~= ARGV[1] then return -2 end
return redis.call('DEL', KEYS[1])
`);

/**
 * `lock.redis`: daprd's component of that name, with its metadata. A lock is a string key with the owner as value and Redis's own
 * expiry, so apps on daprd and on this runtime keep each other out.
 *
 * One server only: a copy that takes over may not know of a lock that was just given, so a server with copies is refused, as by daprd.
 */
export const component: ComponentDefinition<"lock"> = {
  type: "lock.redis",
  async create(context): Promise<LockStore> {
    const settings = readRedisSettings(context);
    const connection = await RedisConnection.open(context, settings);
    try {
      await refuseCopies(connection, context);
    } catch (error) {
      await connection.close();
      throw error;
    }
    return {
      backend: redisUrl(settings),
      async tryLock({ resource, owner, expirySeconds }, options) {
        const reply = await connection.run((redis) => redis.set(resource, owner, "EX", expirySeconds, "NX"), {
          signal: options?.signal,
          // A second try would find the lock that the first one took.
          idempotent: false,
        });
        return reply === "OK";
      },
      async unlock({ resource, owner }, options) {
        const reply = await connection.run((redis) => runScript(redis, unlockScript, [resource], [owner]), {
          signal: options?.signal,
          idempotent: false,
        });
        if (reply === -1) return "not-held";
        return reply === -2 ? "held-by-another" : "released";
      },
      async ping(options) {
        await connection.run((redis) => redis.ping(), { signal: options?.signal, idempotent: true });
      },
      close: () => connection.close(),
    };
  },
};

async function refuseCopies(connection: RedisConnection, context: ComponentContext): Promise<void> {
  const info = await connection.run((redis) => redis.info("replication"), { signal: undefined, idempotent: true });
  const copies = Number(/^connected_slaves:(\d+)/m.exec(info)?.[1] ?? 0);
  if (copies === 0) return;
  throw new MechaError(
    "CONFIGURATION_INVALID",
    `Component "${context.name}" (${context.type}): the Redis server has ${String(copies)} replicas; a lock may be lost when one takes over. Use a server without replicas`,
    { component: context.name, operation: "component.create", metadata: { key: "redisHost" } },
  );
}

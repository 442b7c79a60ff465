import type { ComponentContext, ComponentDefinition, ConfigurationStore } from "@mecha/spec";
import { componentClosed } from "../component-closed.js";
import { RedisConnection } from "../state/redis/redis-connection.js";
import { readRedisSettings, redisUrl } from "../state/redis/redis-settings.js";
import { createKeySubscription, type KeySubscription } from "./key-subscription.js";
import { createKeyspaceWatch } from "./redis/keyspace-watch.js";
import { listKeys, readValues } from "./redis/redis-values.js";

/**
 * `configuration.redis`: daprd's component of that name, with its metadata. A value is a string `value||version`, or a value without
 * a version; keys are as they are. Changes come by keyspace notifications, which the server has to send:
 * `notify-keyspace-events` with `KA`, or at least `K`, `$`, `g` and `x`.
 *
 * Where daprd tells every write, also of the same value, this component tells what differs; after an outage, what changed meanwhile.
 */
export const component: ComponentDefinition<"configuration"> = {
  type: "configuration.redis",
  create: (context) => createRedisConfiguration(context),
};

async function createRedisConfiguration(context: ComponentContext): Promise<ConfigurationStore> {
  const settings = readRedisSettings(context);
  const connection = await RedisConnection.open(context, settings);
  const watch = createKeyspaceWatch(context, settings);
  const subscriptions = new Set<KeySubscription>();
  const warn = (problem: string): void =>
    context.logger.warn(`Component "${context.name}" (${context.type}): ${problem}`);
  let isClosed = false;

  async function read(keys: readonly string[], signal?: AbortSignal) {
    if (isClosed) throw componentClosed(context);
    return connection.run(async (redis) => readValues(redis, keys.length > 0 ? keys : await listKeys(redis)), {
      signal,
      idempotent: true,
    });
  }

  /** Many servers refuse to say; then nothing is known. */
  async function warnOfSilence(): Promise<void> {
    const events = await connection
      .run((redis) => redis.config("GET", "notify-keyspace-events"), { signal: undefined, idempotent: true })
      .catch(() => undefined);
    const flags = Array.isArray(events) ? String(events[1]) : "KA";
    if (flags.includes("K") && /[A$]/.test(flags)) return;
    warn(
      `the server announces no changes, so subscribers hear of none: its notify-keyspace-events is "${flags}". Set it to KA, or to KEA as Dapr's documentation has it.`,
    );
  }

  return {
    backend: redisUrl(settings),
    get: (keys, options) => read(keys, options?.signal),
    async subscribe(keys, onChange) {
      await warnOfSilence();
      const subscription = createKeySubscription({ keys, read, onChange, onProblem: warn });
      const remove = await watch.add(keys, (key) => subscription.look(key));
      async function close(): Promise<void> {
        subscriptions.delete(subscription);
        subscription.close();
        remove();
      }
      subscriptions.add(subscription);
      try {
        await subscription.start();
      } catch (error) {
        await close();
        throw error;
      }
      return { close };
    },
    async ping(options) {
      await connection.run((redis) => redis.ping(), { signal: options?.signal, idempotent: true });
    },
    async close() {
      isClosed = true;
      for (const subscription of subscriptions) subscription.close();
      await watch.close();
      await connection.close();
    },
  };
}

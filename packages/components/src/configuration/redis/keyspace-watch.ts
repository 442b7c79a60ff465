import type { ComponentContext } from "@mecha/spec";
import type { Redis } from "ioredis-upstream";
import { RedisConnection } from "../../state/redis/redis-connection.js";
import type { RedisSettings } from "../../state/redis/redis-settings.js";

/** Told which key may have changed; `undefined` after an outage, in which any may have. */
export type KeyListener = (key: string | undefined) => void;

/** Hears of changes by Redis's keyspace notifications, over one connection for all listeners. */
export interface KeyspaceWatch {
  /**
   * Adds a listener to keys, or to all of the database for none; resolves when Redis will tell.
   *
   * @returns takes the listener away
   */
  add(keys: readonly string[], listener: KeyListener): Promise<() => void>;
  close(): Promise<void>;
}

/** Makes a watch; it connects for its first listener. */
export function createKeyspaceWatch(context: ComponentContext, settings: RedisSettings): KeyspaceWatch {
  const prefix = `__keyspace@${String(settings.database)}__:`;
  const everything = `${prefix}*`;
  const listenersOf = new Map<string, Set<KeyListener>>();
  let opening: Promise<RedisConnection> | undefined;
  let isClosed = false;

  async function open(): Promise<RedisConnection> {
    // It is silent for as long as nothing changes.
    const connection = await RedisConnection.open(context, { ...settings, readTimeoutMs: undefined });
    await command(connection, async (redis) => {
      redis.on("message", (channel, _event) => tell(listenersOf.get(channel), channel));
      redis.on("pmessage", (pattern, channel) => tell(listenersOf.get(pattern), channel));
      redis.on("ready", () => void resume(redis));
    });
    return connection;
  }

  function tell(listeners: ReadonlySet<KeyListener> | undefined, channel: string): void {
    for (const listener of listeners ?? []) listener(channel.slice(prefix.length));
  }

  /** After an outage: Redis has forgotten what was listened to, and whatever changed meanwhile was told to nobody. */
  async function resume(redis: Redis): Promise<void> {
    try {
      await subscribe(redis, [...listenersOf.keys()]);
    } catch (error) {
      // The connection broke again; the next one resumes.
      if (!isClosed) context.logger.warn(`Component "${context.name}" (${context.type}): ${String(error)}`);
      return;
    }
    for (const listeners of listenersOf.values()) for (const listener of listeners) listener(undefined);
  }

  async function subscribe(redis: Redis, channels: readonly string[]): Promise<void> {
    const exact = channels.filter((channel) => channel !== everything);
    if (exact.length > 0) await redis.subscribe(...exact);
    if (exact.length < channels.length) await redis.psubscribe(everything);
  }

  async function unsubscribe(channels: readonly string[]): Promise<void> {
    const connection = await opening;
    if (connection === undefined || isClosed) return;
    const exact = channels.filter((channel) => channel !== everything);
    await command(connection, async (redis) => {
      if (exact.length > 0) await redis.unsubscribe(...exact);
      if (exact.length < channels.length) await redis.punsubscribe(everything);
    });
  }

  function remove(channels: readonly string[], listener: KeyListener): void {
    const silent = channels.filter((channel) => {
      const listeners = listenersOf.get(channel);
      listeners?.delete(listener);
      return listeners?.size === 0 && listenersOf.delete(channel);
    });
    // Where it fails the connection has broken, and Redis has forgotten them anyway.
    if (silent.length > 0) unsubscribe(silent).catch(() => undefined);
  }

  return {
    async add(keys, listener) {
      opening ??= open();
      const connection = await opening.catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
      const channels = keys.length > 0 ? [...new Set(keys)].map((key) => prefix + key) : [everything];
      for (const channel of channels) {
        const listeners = listenersOf.get(channel) ?? new Set();
        listenersOf.set(channel, listeners.add(listener));
      }
      try {
        await command(connection, (redis) => subscribe(redis, channels));
      } catch (error) {
        remove(channels, listener);
        throw error;
      }
      return () => remove(channels, listener);
    },
    async close() {
      isClosed = true;
      listenersOf.clear();
      const connection = await opening?.catch(() => undefined);
      await connection?.close();
    },
  };
}

/** Runs a command that does no harm when it is run twice. */
function command<T>(connection: RedisConnection, commands: (redis: Redis) => Promise<T>): Promise<T> {
  return connection.run(commands, { signal: undefined, idempotent: true });
}

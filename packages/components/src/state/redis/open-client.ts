import type { Redis, RedisOptions } from "ioredis-upstream";
import type * as Client from "ioredis-upstream";
import type { RedisSettings } from "./redis-settings.js";

/** The longest pause between two attempts to connect again. */
const maxReconnectDelayMs = 500;

function reconnectDelayMs(attempt: number): number {
  return Math.min(attempt * 50, maxReconnectDelayMs);
}

/** What holds for every connection: nothing is sent twice, nothing waits without end. */
function commonOptions({ username, password, tls, dialTimeoutMs, readTimeoutMs }: RedisSettings): RedisOptions {
  return {
    connectTimeout: dialTimeoutMs,
    // 0 rejects what is under way at every break. (Without resending alone, ioredis leaves it pending for ever.)
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls !== undefined && { tls }),
    ...(readTimeoutMs !== undefined && { socketTimeout: readTimeoutMs }),
  };
}

/** Makes a client of one server, or of the master that sentinels name; it does not connect yet. */
export function openServer({ Redis: Server }: typeof Client, settings: RedisSettings): Redis {
  return new Server({
    ...commonOptions(settings),
    ...(settings.sentinel === undefined ? { host: settings.host, port: settings.port } : sentinelOptions(settings)),
    db: settings.database,
    lazyConnect: true,
    enableAutoPipelining: true,
    enableOfflineQueue: false,
    retryStrategy: reconnectDelayMs,
  });
}

function sentinelOptions({ servers, sentinel, tls }: RedisSettings): RedisOptions {
  const { masterName = "", username, password } = sentinel ?? {};
  return {
    sentinels: [...servers],
    name: masterName,
    sentinelRetryStrategy: reconnectDelayMs,
    // One that was made a replica refuses writes; the sentinels know the new master.
    reconnectOnError: (error) => error.message.startsWith("READONLY"),
    ...(username !== undefined && { sentinelUsername: username }),
    ...(password !== undefined && { sentinelPassword: password }),
    ...(tls !== undefined && { enableTLSForSentinelMode: true, sentinelTLS: tls }),
  };
}

/** Makes a client of a Redis Cluster; it does not connect yet. */
export function openCluster({ Cluster }: typeof Client, settings: RedisSettings): Redis {
  const cluster = new Cluster([...settings.servers], {
    lazyConnect: true,
    // Servers are connected to when they are first needed; what is for one waits for that.
    enableOfflineQueue: true,
    // It would choose the server by the first argument, which of a script is no key.
    enableAutoPipelining: false,
    // Else what was under way when a server died is sent again, and a write may be applied twice.
    retryDelayOnFailover: 0,
    slotsRefreshTimeout: settings.dialTimeoutMs,
    clusterRetryStrategy: reconnectDelayMs,
    redisOptions: commonOptions(settings),
  });
  // It has the commands, events and states of a single server that are used here.
  return cluster as unknown as Redis;
}

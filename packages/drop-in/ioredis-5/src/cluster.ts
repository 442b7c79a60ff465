import type { ClusterNode, ClusterOptions, NodeRole, RedisOptions } from "ioredis-upstream";
import { Redis } from "./redis.js";

/**
 * `Cluster` of ioredis 5, as one node: where the slots are is the business of whatever the runtime talks to, so a cluster
 * is one route, found by its first startup node. `isCluster` is `false`, so that no library looks for slots.
 */
export class Cluster extends Redis {
  readonly #startupNodes: readonly ClusterNode[];
  readonly #clusterOptions: ClusterOptions;

  constructor(startupNodes: readonly ClusterNode[], options: ClusterOptions = {}) {
    super(nodeOptions(startupNodes, options));
    this.#startupNodes = startupNodes;
    this.#clusterOptions = options;
  }

  /** The one node: this client. */
  nodes(role: NodeRole = "all"): Redis[] {
    const self: Redis = this as Redis; // the polymorphic `this` does not fit ioredis's own optional members
    return role === "slave" ? [] : [self];
  }

  /** Does nothing: there are no slots to learn. */
  refreshSlotsCache(callback?: (error?: Error) => void): void {
    if (callback) process.nextTick(callback);
  }

  // @ts-expect-error -- the original's Cluster and Redis, of which this is both, take other arguments
  override duplicate(startupNodes?: readonly ClusterNode[], options?: Partial<ClusterOptions>): Cluster {
    return new Cluster(startupNodes ?? this.#startupNodes, { ...this.#clusterOptions, ...options });
  }
}

function nodeOptions([first]: readonly ClusterNode[], options: ClusterOptions): RedisOptions {
  const { redisOptions, clusterRetryStrategy, enableOfflineQueue, enableReadyCheck, keyPrefix, lazyConnect, scripts } =
    options;
  const own = {
    enableOfflineQueue,
    enableReadyCheck,
    keyPrefix,
    lazyConnect,
    scripts,
    retryStrategy: clusterRetryStrategy,
  };
  const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  return { ...redisOptions, ...given, ...addressOf(first) };
}

function addressOf(node: ClusterNode | undefined): RedisOptions {
  if (typeof node === "number") return { port: node };
  if (typeof node !== "string") return { ...node } as RedisOptions;
  const { hostname, port } = new URL(node.includes("://") ? node : `redis://${node}`);
  return { host: hostname, ...(port !== "" && { port: Number(port) }) };
}

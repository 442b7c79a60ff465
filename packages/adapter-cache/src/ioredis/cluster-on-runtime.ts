import { sayIgnored } from "../ignored-options.js";
import type { IoredisClass, IoredisClient } from "./client.js";

/** The options of the original's `Cluster` that a client of one node takes too. */
interface ClusterOptions {
  readonly redisOptions?: object;
  readonly clusterRetryStrategy?: unknown;
  readonly enableOfflineQueue?: boolean;
  readonly enableReadyCheck?: boolean;
  readonly keyPrefix?: string;
  readonly lazyConnect?: boolean;
  readonly scripts?: object;
}

/** Where a cluster is asked first: a port, a URL, `host:port`, or options. */
type ClusterNode = number | string | object;

/** What a cluster has beside a client of one node, which is of the type `Client`. */
export interface OneNodeCluster<Client> {
  /** The one node: this client; none for the role `slave`. */
  nodes(role?: string): Client[];
  /** Does nothing: there are no slots to learn. */
  refreshSlotsCache(callback?: (error?: Error) => void): void;
}

/**
 * Gives a class `Cluster` of ioredis 5 or 6 as one node: where the slots are is the business of whatever the runtime talks
 * to, so a cluster is one route, found by its first startup node. `isCluster` is `false`, so that no library looks for slots.
 *
 * @param Redis - what `redisOnRuntime` gave
 */
export function clusterOnRuntime<Original extends IoredisClass>(
  Redis: Original,
): Original &
  (new (
    startupNodes: readonly ClusterNode[],
    options?: object,
  ) => InstanceType<Original> & OneNodeCluster<InstanceType<Original>>) {
  class Cluster extends (Redis as IoredisClass) implements OneNodeCluster<IoredisClient> {
    readonly #startupNodes: readonly ClusterNode[];
    readonly #clusterOptions: object;

    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- TypeScript takes nothing else for a mixin's constructor
    constructor(...given: any[]) {
      const [startupNodes, options = {}] = given as [readonly ClusterNode[], object?];
      super(nodeOptions(startupNodes, options));
      this.#startupNodes = startupNodes;
      this.#clusterOptions = options;
      sayIgnored("ioredis", ["the nodes of a Cluster after the first"]);
    }

    nodes(role = "all"): IoredisClient[] {
      return role === "slave" ? [] : [this];
    }

    refreshSlotsCache(callback?: (error?: Error) => void): void {
      if (callback) process.nextTick(callback);
    }

    duplicate(startupNodes = this.#startupNodes, options: object = {}): Cluster {
      return new Cluster(startupNodes, { ...this.#clusterOptions, ...options });
    }
  }
  // The class extends what was given, which TypeScript cannot see of a type parameter whose arguments it must not know.
  return Cluster as unknown as ReturnType<typeof clusterOnRuntime<Original>>;
}

function nodeOptions([first]: readonly ClusterNode[], options: ClusterOptions): object {
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

function addressOf(node: ClusterNode | undefined): object {
  if (typeof node === "number") return { port: node };
  if (typeof node !== "string") return { ...node };
  const { hostname, port } = new URL(node.includes("://") ? node : `redis://${node}`);
  return { host: hostname, ...(port !== "" && { port: Number(port) }) };
}

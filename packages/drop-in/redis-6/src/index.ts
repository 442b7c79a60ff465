import { clientOptions, clusterOptions, registerDropIn, sentinelOptions } from "@mecha/adapter-cache/node-redis";
import * as original from "redis-6-upstream";

export * from "redis-6-upstream";

/** `createClient` of redis 6: the original client, whose commands the Mecha runtime answers. */
export const createClient: typeof original.createClient = (options) => original.createClient(clientOptions(options));

/** `createClientPool` of redis 6, whose clients the Mecha runtime answers. */
export const createClientPool: typeof original.createClientPool = (options, poolOptions) =>
  original.createClientPool(clientOptions(options), poolOptions);

/** `createCluster` of redis 6, as one node: the component's YAML says what is behind it. */
export const createCluster: typeof original.createCluster = (options) =>
  original.createCluster(clusterOptions(options));

/** `createSentinel` of redis 6; the master is what the component's YAML says. */
export const createSentinel: typeof original.createSentinel = (options) =>
  original.createSentinel(sentinelOptions(options));

registerDropIn({ name: "redis", replacement: "npm:@mecha/redis@^6.3.0", upstream: original.createClient });

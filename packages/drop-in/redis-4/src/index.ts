import { clientOptions, clusterOptions, registerDropIn } from "@mecha/adapter-cache/node-redis";
import * as original from "redis-4-upstream";

export * from "redis-4-upstream";

/** `createClient` of redis 4: the original client, whose commands the Mecha runtime answers. */
export const createClient: typeof original.createClient = (options) => original.createClient(clientOptions(options));

/** `createCluster` of redis 4, as one node: the component's YAML says what is behind it. */
export const createCluster: typeof original.createCluster = (options) =>
  original.createCluster(clusterOptions(options));

registerDropIn({ name: "redis", replacement: "npm:@mecha/redis@^4.7.0", upstream: original.createClient });

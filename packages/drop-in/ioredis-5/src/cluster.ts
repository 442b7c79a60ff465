import { clusterOnRuntime, type OneNodeCluster } from "@mecha/adapter-cache/ioredis";
import { Redis } from "./redis.js";

/** `Cluster` of ioredis 5, as one node: the component's YAML says what is behind it. */
export const Cluster = clusterOnRuntime(Redis);

/** A client of a cluster in ioredis 5. */
export type Cluster = Redis & OneNodeCluster<Redis>;

import { clusterOnRuntime, type OneNodeCluster } from "@mecha/adapter-cache/ioredis";
import type { ReplyMappingMode } from "ioredis-6-upstream/built/types.js";
import { Redis } from "./redis.js";

/** `Cluster` of ioredis 6, as one node: the component's YAML says what is behind it. */
export const Cluster = clusterOnRuntime(Redis);

/** A client of a cluster in ioredis 6. */
export type Cluster<ReplyMapping extends ReplyMappingMode = "legacy"> = Redis<ReplyMapping> &
  OneNodeCluster<Redis<ReplyMapping>>;

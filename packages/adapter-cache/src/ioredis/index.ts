export { redisOnRuntime, type IoredisParts } from "./redis-on-runtime.js";
export { clusterOnRuntime, type OneNodeCluster } from "./cluster-on-runtime.js";
export type { ConnectorClass, IoredisClass, IoredisClient, IoredisCommand } from "./client.js";
export { registerDropIn } from "@mecha/adapter-kit";

export * from "ioredis-upstream/built/cluster/ClusterOptions.js";

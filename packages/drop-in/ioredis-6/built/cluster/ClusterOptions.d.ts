export * from "ioredis-6-upstream/built/cluster/ClusterOptions.js";

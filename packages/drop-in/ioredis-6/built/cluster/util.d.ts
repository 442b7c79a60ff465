export * from "ioredis-6-upstream/built/cluster/util.js";

export * from "ioredis-upstream/built/cluster/util.js";

export * from "ioredis-6-upstream/built/resp/types.js";

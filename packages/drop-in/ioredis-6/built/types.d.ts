export * from "ioredis-6-upstream/built/types.js";

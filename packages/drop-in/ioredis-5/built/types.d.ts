export * from "ioredis-upstream/built/types.js";

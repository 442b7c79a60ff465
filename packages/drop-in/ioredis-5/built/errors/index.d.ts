export * from "ioredis-upstream/built/errors/index.js";

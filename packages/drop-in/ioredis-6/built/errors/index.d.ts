export * from "ioredis-6-upstream/built/errors/index.js";

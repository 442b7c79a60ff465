export * from "ioredis-6-upstream/built/resp/errors.js";

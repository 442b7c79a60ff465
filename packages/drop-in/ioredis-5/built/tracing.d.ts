export * from "ioredis-upstream/built/tracing.js";

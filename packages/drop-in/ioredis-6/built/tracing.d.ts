export * from "ioredis-6-upstream/built/tracing.js";

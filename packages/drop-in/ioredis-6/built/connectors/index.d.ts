export * from "ioredis-6-upstream/built/connectors/index.js";

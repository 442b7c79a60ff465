export * from "ioredis-upstream/built/connectors/index.js";

export * from "ioredis-6-upstream/built/connectors/SentinelConnector/types.js";

export * from "ioredis-upstream/built/connectors/SentinelConnector/types.js";

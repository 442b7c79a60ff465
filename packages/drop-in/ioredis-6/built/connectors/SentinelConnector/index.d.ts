export * from "ioredis-6-upstream/built/connectors/SentinelConnector/index.js";
export { default } from "ioredis-6-upstream/built/connectors/SentinelConnector/index.js";

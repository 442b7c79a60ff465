export * from "ioredis-upstream/built/connectors/SentinelConnector/index.js";
export { default } from "ioredis-upstream/built/connectors/SentinelConnector/index.js";

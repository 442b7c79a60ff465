export * from "ioredis-6-upstream/built/connectors/SentinelConnector/SentinelIterator.js";
export { default } from "ioredis-6-upstream/built/connectors/SentinelConnector/SentinelIterator.js";

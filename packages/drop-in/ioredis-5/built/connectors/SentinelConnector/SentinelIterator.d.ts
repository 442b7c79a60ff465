export * from "ioredis-upstream/built/connectors/SentinelConnector/SentinelIterator.js";
export { default } from "ioredis-upstream/built/connectors/SentinelConnector/SentinelIterator.js";

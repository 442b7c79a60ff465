export * from "ioredis-6-upstream/built/connectors/StandaloneConnector.js";
export { default } from "ioredis-6-upstream/built/connectors/StandaloneConnector.js";

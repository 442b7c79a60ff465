export * from "ioredis-upstream/built/connectors/StandaloneConnector.js";
export { default } from "ioredis-upstream/built/connectors/StandaloneConnector.js";

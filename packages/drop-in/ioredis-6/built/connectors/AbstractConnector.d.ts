export * from "ioredis-6-upstream/built/connectors/AbstractConnector.js";
export { default } from "ioredis-6-upstream/built/connectors/AbstractConnector.js";

export * from "ioredis-upstream/built/connectors/AbstractConnector.js";
export { default } from "ioredis-upstream/built/connectors/AbstractConnector.js";

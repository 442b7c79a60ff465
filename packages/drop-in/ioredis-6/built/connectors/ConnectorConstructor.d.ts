export * from "ioredis-6-upstream/built/connectors/ConnectorConstructor.js";
export { default } from "ioredis-6-upstream/built/connectors/ConnectorConstructor.js";

export * from "ioredis-upstream/built/connectors/ConnectorConstructor.js";
export { default } from "ioredis-upstream/built/connectors/ConnectorConstructor.js";

export * from "ioredis-upstream/built/DataHandler.js";
export { default } from "ioredis-upstream/built/DataHandler.js";

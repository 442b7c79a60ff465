export * from "ioredis-6-upstream/built/DataHandler.js";
export { default } from "ioredis-6-upstream/built/DataHandler.js";

export * from "ioredis-upstream/built/Command.js";
export { default } from "ioredis-upstream/built/Command.js";

export * from "ioredis-6-upstream/built/Command.js";
export { default } from "ioredis-6-upstream/built/Command.js";

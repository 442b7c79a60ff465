export * from "ioredis-upstream/built/utils/RedisCommander.js";
export { default } from "ioredis-upstream/built/utils/RedisCommander.js";

export * from "ioredis-6-upstream/built/utils/RedisCommander.js";
export { default } from "ioredis-6-upstream/built/utils/RedisCommander.js";

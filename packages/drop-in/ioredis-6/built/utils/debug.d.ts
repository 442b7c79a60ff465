export * from "ioredis-6-upstream/built/utils/debug.js";
export { default } from "ioredis-6-upstream/built/utils/debug.js";

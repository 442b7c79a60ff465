export * from "ioredis-upstream/built/utils/debug.js";
export { default } from "ioredis-upstream/built/utils/debug.js";

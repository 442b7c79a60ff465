export * from "ioredis-6-upstream/built/utils/Commander.js";
export { default } from "ioredis-6-upstream/built/utils/Commander.js";

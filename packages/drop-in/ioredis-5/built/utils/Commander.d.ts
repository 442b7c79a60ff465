export * from "ioredis-upstream/built/utils/Commander.js";
export { default } from "ioredis-upstream/built/utils/Commander.js";

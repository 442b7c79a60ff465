export * from "ioredis-upstream/built/Pipeline.js";
export { default } from "ioredis-upstream/built/Pipeline.js";

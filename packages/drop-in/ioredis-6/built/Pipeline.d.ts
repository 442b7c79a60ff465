export * from "ioredis-6-upstream/built/Pipeline.js";
export { default } from "ioredis-6-upstream/built/Pipeline.js";

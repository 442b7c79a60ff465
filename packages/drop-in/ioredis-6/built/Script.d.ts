export * from "ioredis-6-upstream/built/Script.js";
export { default } from "ioredis-6-upstream/built/Script.js";

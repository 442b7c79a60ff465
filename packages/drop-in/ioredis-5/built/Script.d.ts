export * from "ioredis-upstream/built/Script.js";
export { default } from "ioredis-upstream/built/Script.js";

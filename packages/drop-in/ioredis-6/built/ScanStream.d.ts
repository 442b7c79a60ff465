export * from "ioredis-6-upstream/built/ScanStream.js";
export { default } from "ioredis-6-upstream/built/ScanStream.js";

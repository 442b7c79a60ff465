export * from "ioredis-upstream/built/ScanStream.js";
export { default } from "ioredis-upstream/built/ScanStream.js";

export * from "ioredis-6-upstream/built/cluster/ConnectionPool.js";
export { default } from "ioredis-6-upstream/built/cluster/ConnectionPool.js";

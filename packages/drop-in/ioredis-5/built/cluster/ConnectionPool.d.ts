export * from "ioredis-upstream/built/cluster/ConnectionPool.js";
export { default } from "ioredis-upstream/built/cluster/ConnectionPool.js";

export * from "ioredis-6-upstream/built/errors/ClusterAllFailedError.js";
export { default } from "ioredis-6-upstream/built/errors/ClusterAllFailedError.js";

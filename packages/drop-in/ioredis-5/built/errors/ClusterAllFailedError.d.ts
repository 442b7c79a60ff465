export * from "ioredis-upstream/built/errors/ClusterAllFailedError.js";
export { default } from "ioredis-upstream/built/errors/ClusterAllFailedError.js";

export * from "ioredis-upstream/built/cluster/ShardedSubscriber.js";
export { default } from "ioredis-upstream/built/cluster/ShardedSubscriber.js";

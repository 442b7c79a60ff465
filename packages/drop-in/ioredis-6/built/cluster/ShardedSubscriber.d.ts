export * from "ioredis-6-upstream/built/cluster/ShardedSubscriber.js";
export { default } from "ioredis-6-upstream/built/cluster/ShardedSubscriber.js";

export * from "ioredis-6-upstream/built/cluster/DelayQueue.js";
export { default } from "ioredis-6-upstream/built/cluster/DelayQueue.js";

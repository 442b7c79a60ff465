export * from "ioredis-upstream/built/cluster/DelayQueue.js";
export { default } from "ioredis-upstream/built/cluster/DelayQueue.js";

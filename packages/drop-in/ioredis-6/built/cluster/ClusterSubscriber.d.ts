export * from "ioredis-6-upstream/built/cluster/ClusterSubscriber.js";
export { default } from "ioredis-6-upstream/built/cluster/ClusterSubscriber.js";

export * from "ioredis-upstream/built/cluster/ClusterSubscriber.js";
export { default } from "ioredis-upstream/built/cluster/ClusterSubscriber.js";

export * from "ioredis-upstream/built/cluster/ClusterSubscriberGroup.js";
export { default } from "ioredis-upstream/built/cluster/ClusterSubscriberGroup.js";

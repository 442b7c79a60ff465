export * from "ioredis-6-upstream/built/cluster/ClusterSubscriberGroup.js";
export { default } from "ioredis-6-upstream/built/cluster/ClusterSubscriberGroup.js";

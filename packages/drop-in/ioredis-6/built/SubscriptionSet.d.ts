export * from "ioredis-6-upstream/built/SubscriptionSet.js";
export { default } from "ioredis-6-upstream/built/SubscriptionSet.js";

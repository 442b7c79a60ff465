export * from "ioredis-upstream/built/SubscriptionSet.js";
export { default } from "ioredis-upstream/built/SubscriptionSet.js";

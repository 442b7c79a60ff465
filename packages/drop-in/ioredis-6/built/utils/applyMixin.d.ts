export * from "ioredis-6-upstream/built/utils/applyMixin.js";
export { default } from "ioredis-6-upstream/built/utils/applyMixin.js";

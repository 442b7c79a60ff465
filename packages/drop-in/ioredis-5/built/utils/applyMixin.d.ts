export * from "ioredis-upstream/built/utils/applyMixin.js";
export { default } from "ioredis-upstream/built/utils/applyMixin.js";

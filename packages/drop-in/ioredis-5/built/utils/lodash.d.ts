export * from "ioredis-upstream/built/utils/lodash.js";

export * from "ioredis-upstream/built/utils/index.js";

export * from "ioredis-upstream/built/utils/defaults.js";

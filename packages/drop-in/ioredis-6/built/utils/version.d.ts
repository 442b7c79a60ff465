export * from "ioredis-6-upstream/built/utils/version.js";

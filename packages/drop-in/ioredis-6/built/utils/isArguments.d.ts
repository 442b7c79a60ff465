export * from "ioredis-6-upstream/built/utils/isArguments.js";

export * from "ioredis-upstream/built/utils/isArguments.js";

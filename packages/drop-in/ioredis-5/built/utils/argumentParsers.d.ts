export * from "ioredis-upstream/built/utils/argumentParsers.js";

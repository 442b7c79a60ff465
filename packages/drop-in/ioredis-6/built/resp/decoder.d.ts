export * from "ioredis-6-upstream/built/resp/decoder.js";

export * from "ioredis-6-upstream/built/himport/types.js";

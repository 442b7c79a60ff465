export * from "ioredis-6-upstream/built/autoPipelining.js";

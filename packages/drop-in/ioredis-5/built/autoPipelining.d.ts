export * from "ioredis-upstream/built/autoPipelining.js";

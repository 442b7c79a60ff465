export * from "ioredis-6-upstream/built/replyTransformers.js";

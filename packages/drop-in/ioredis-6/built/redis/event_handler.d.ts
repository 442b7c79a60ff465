export * from "ioredis-6-upstream/built/redis/event_handler.js";

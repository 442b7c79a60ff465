export * from "ioredis-upstream/built/redis/event_handler.js";

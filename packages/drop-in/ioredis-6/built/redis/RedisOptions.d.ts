export * from "ioredis-6-upstream/built/redis/RedisOptions.js";

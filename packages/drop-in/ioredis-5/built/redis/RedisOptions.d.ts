export * from "ioredis-upstream/built/redis/RedisOptions.js";

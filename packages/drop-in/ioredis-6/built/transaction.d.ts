export * from "ioredis-6-upstream/built/transaction.js";

export * from "ioredis-upstream/built/transaction.js";

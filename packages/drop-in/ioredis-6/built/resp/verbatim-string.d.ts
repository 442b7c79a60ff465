export * from "ioredis-6-upstream/built/resp/verbatim-string.js";

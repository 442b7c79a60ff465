export * from "ioredis-6-upstream/built/errors/MaxRetriesPerRequestError.js";
export { default } from "ioredis-6-upstream/built/errors/MaxRetriesPerRequestError.js";

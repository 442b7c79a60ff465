export * from "ioredis-upstream/built/errors/MaxRetriesPerRequestError.js";
export { default } from "ioredis-upstream/built/errors/MaxRetriesPerRequestError.js";

export * from "ioredis-6-upstream/built/himport/HimportCoordinator.js";
export { default } from "ioredis-6-upstream/built/himport/HimportCoordinator.js";

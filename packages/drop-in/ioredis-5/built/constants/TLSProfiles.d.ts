export * from "ioredis-upstream/built/constants/TLSProfiles.js";
export { default } from "ioredis-upstream/built/constants/TLSProfiles.js";

export * from "ioredis-6-upstream/built/constants/TLSProfiles.js";
export { default } from "ioredis-6-upstream/built/constants/TLSProfiles.js";

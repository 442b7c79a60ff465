export { CacheLink, isUnavailable, type CacheAddress, type CacheConnection } from "./cache-link.js";
export { handshakeCommands, type RecordCommand } from "./session/statistics.js";
export { registerDropIn } from "@mecha/adapter-kit";

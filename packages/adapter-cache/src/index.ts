export { isUnavailable, openCache, type CacheAddress, type OpenCache } from "./open-cache.js";
export { handshakeCommands, type RecordCommand } from "./session/statistics.js";

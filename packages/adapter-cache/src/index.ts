export { CacheLink, isUnavailable, type CacheAddress, type CacheConnection } from "./cache-link.js";
export { serveRespPort, type RespPort, type RespPortOptions } from "./port/serve-resp-port.js";
export { registerDropIn } from "@mecha/adapter-kit";

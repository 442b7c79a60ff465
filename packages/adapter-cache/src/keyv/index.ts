export { createKeyvStore, type CacheKeyvStore } from "./cache-keyv-store.js";

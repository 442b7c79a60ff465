export { createKeyvStore, type KeyvStore } from "./keyv-store.js";

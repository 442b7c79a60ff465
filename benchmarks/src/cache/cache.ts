import { install } from "../installed.js";
import { topicOf } from "../topic-of-parts.js";
import { measureCommand } from "./commands.js";
import { measureHotKey } from "./hot-key.js";
import { measureLargeHash } from "./large-hash.js";
import { type CacheRun } from "./part.js";
import { openStores } from "./stores.js";

/** The drop-in of ioredis on every kind of store against plain ioredis on Redis. */
export const cache = topicOf<CacheRun>({
  summary: "the cache on every store, and natively, against plain ioredis",
  needs: ["redis", "daprd"],
  parts: {
    get: measureCommand("get"),
    set: measureCommand("set"),
    incr: measureCommand("incr"),
    hset: measureCommand("hset"),
    zadd: measureCommand("zadd"),
    "hot-key": measureHotKey,
    "large-hash": measureLargeHash,
  },
  async around(report, measure) {
    await using installed = await install(report);
    await using stores = await openStores(installed.folder, report);
    return await measure({ installed, stores });
  },
});

import { describeWith } from "@mecha/engines/vitest";
import { expect, it } from "vitest";
import { clients, hammer, increments, itemsOf, retryAtOnce } from "./exact-sums.js";
import { openPortableCache, tinyLimits } from "./portable-cache.js";

const rounds = 200;

describeWith("redis", "64 clients on the same keys", (on) => {
  it.each(["state.in-memory", "state.sqlite", "state.redis"] as const)(
    "lose and double nothing on %s, whether values are in parts or not",
    async (store) => {
      for (const limits of [undefined, tinyLimits]) {
        await using cache = await openPortableCache(store, { redis: on.redis.address, ...(limits && { limits }) });
        await cache.connect().call("DEL", "sum", "inside", "hash", "left", "right");
        const { counted, hashed, items } = await hammer(cache, rounds);
        const total = clients * rounds;
        expect(itemsOf(counted)).toEqual([String(total), String(total)]);
        expect(itemsOf(hashed).reduce((sum, value) => sum + Number(value), 0)).toBe(total);
        expect(items).toEqual(Array.from({ length: clients }, (_, index) => String(index)).sort());
      }
    },
    600_000,
  );

  it.each(["state.in-memory", "state.sqlite", "state.redis"] as const)(
    "count far faster on %s than those who compare, swap and try again at once",
    async (store) => {
      await using cache = await openPortableCache(store, { redis: on.redis.address });
      const retried = await retryAtOnce(cache.engine.documents, 2_000);
      const grouped = await increments(cache, 2_000);
      process.stdout.write(
        `${store}: ${grouped.toFixed(0)} increments a second, retried at once ${retried.toFixed(0)}\n`,
      );
      expect(grouped).toBeGreaterThan(retried * 20);
    },
    60_000,
  );
});

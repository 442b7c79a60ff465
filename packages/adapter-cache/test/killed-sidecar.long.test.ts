import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDaprd } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import { expect, it } from "vitest";
import { openDaprdCache } from "./daprd-cache.js";
import { clients, itemsOf } from "./exact-sums.js";
import { writeComponent } from "./portable-cache.js";

/** How many answered increments there are before the sidecar is killed. */
const enough = 2_000;

describeWith(["daprd", "redis"], "64 clients whose sidecar is killed in the middle", (on) => {
  it("lose no increment that was answered and no item that moved, and have none made that nobody asked for", async () => {
    const folder = await mkdtemp(join(tmpdir(), "mecha-cache-"));
    await writeComponent(folder, "state.redis", { redisHost: on.redis.address });
    const appId = `killed-${String(Date.now())}`;
    const start = () => startDaprd({ appId, resourcesFolders: [folder] });
    const first = await start();
    const cache = openDaprdCache(first.grpcAddress);
    const names = Array.from({ length: clients }, (_, index) => String(index));
    await cache.connect().call("RPUSH", "here", ...names);
    let answered = 0;
    let failed = 0;
    let killed: Promise<void> | undefined;
    await Promise.all(
      names.map(async (_, index) => {
        const client = cache.connect();
        for (let round = index; ; round++) {
          const lists = round % 2 === 0 ? ["here", "there"] : ["there", "here"];
          await client.call("LMOVE", ...lists, round % 3 === 0 ? "LEFT" : "RIGHT", "LEFT");
          const [, , , both] = await client.send([["MULTI"], ["INCR", "left"], ["INCR", "right"], ["EXEC"]]);
          if (typeof both === "string") {
            failed++;
            return;
          }
          if (++answered === enough) killed = first.stop({ hard: true });
        }
      }),
    );
    await killed;
    await cache[Symbol.asyncDispose]();
    await using second = await start();
    await using after = openDaprdCache(second.grpcAddress);
    const client = after.connect();
    const [left, right] = itemsOf(await client.call("MGET", "left", "right")).map(Number);
    const lists = await client.send(["here", "there"].map((list) => ["LRANGE", list, "0", "-1"]));
    expect(failed).toBe(clients);
    expect(left).toBe(right);
    expect(left).toBeGreaterThanOrEqual(answered);
    expect(left).toBeLessThanOrEqual(answered + failed);
    // Whoever was not answered does not know whether its item moved; but each is in one list, once.
    expect(lists.flatMap(itemsOf).sort()).toEqual(names.sort());
    await rm(folder, { recursive: true });
  }, 300_000);
});

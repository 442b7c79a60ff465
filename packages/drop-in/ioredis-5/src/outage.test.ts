import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRedis } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import { expect, it } from "vitest";
import { useComponents } from "@mecha/conformance";
import { onRedis } from "../test/components.js";
import { Redis } from "./redis.js";

describeWith("redis", "a client whose Redis dies and comes back", () => {
  it("reconnects, sends what waited, and reads what was kept", async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), "mecha-outage-"));
    const first = await startRedis({ dataFolder, persist: true });
    const components = await useComponents([onRedis(first.address)]);
    const client = new Redis({ retryStrategy: () => 20, maxRetriesPerRequest: null });
    const errors: Error[] = [];
    client.on("error", (error: Error) => errors.push(error));
    await client.set("kept", "1");

    const lost = once(client, "reconnecting");
    await first.stop({ hard: true });
    await lost;
    const waiting = client.incr("kept");
    await expect.poll(() => errors.map(({ message }) => message).join("\n")).toContain(first.address);
    await using _second = await startRedis({ dataFolder, persist: true, port: first.port });
    expect(await waiting).toBe(2);

    await client.quit();
    await components.remove();
    await rm(dataFolder, { recursive: true });
  });
});

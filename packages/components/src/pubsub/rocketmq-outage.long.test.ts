import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "@mecha/conformance";
import { startRocketmq } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import type { MechaError } from "@mecha/spec";
import { expect, it } from "vitest";
import { testContext } from "../../test/test-context.js";
import { component } from "./rocketmq.js";

describeWith("rocketmq", "pubsub.rocketmq through an outage", () => {
  it("says that the broker is gone, goes on when it is back, and loses nothing that was published", async () => {
    const dataFolder = mkdtempSync(join(tmpdir(), "mecha-rocketmq-outage-"));
    const first = await startRocketmq({ dataFolder });
    const port = Number(first.nameServer.split(":")[1]);
    const pubsub = await component.create(
      testContext("pubsub.rocketmq", { nameServer: first.nameServer, sendTimeOutSec: "1" }),
    );
    let running = first;
    try {
      const seen = new Set<string>();
      const errors: [MechaError, boolean][] = [];
      await pubsub.subscribe("outage", async ({ data }) => (seen.add(new TextDecoder().decode(data)), "success"), {
        metadata: { consumerGroup: "outage" },
        onError: (error, fatal) => errors.push([error, fatal]),
      });
      const publish = async (body: string) =>
        (await pubsub.publish("outage", [{ data: Buffer.from(body), metadata: {} }]))[0];
      expect(await publish("before")).toBeUndefined();
      await eventually("it came", async () => seen.has("before"), 20_000);

      await first.stop({ hard: true });
      expect(await publish("during")).toMatchObject({ code: "UNAVAILABLE", component: "under-test" });
      await eventually("it was told", async () => errors.length > 0, 20_000);
      expect(errors).toEqual([[expect.objectContaining({ code: "UNAVAILABLE" }), false]]);
      await expect(pubsub.ping?.()).rejects.toMatchObject({ code: "UNAVAILABLE" });

      running = await startRocketmq({ dataFolder, port });
      await eventually("publishing works", async () => (await publish("after")) === undefined, 60_000);
      await eventually("it came", async () => seen.has("after"), 60_000);
      expect(errors).toHaveLength(1);
    } finally {
      await pubsub.close?.();
      await running.stop({ hard: true });
      rmSync(dataFolder, { recursive: true, force: true });
    }
  }, 180_000);
});

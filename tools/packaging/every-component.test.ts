import { describeWith } from "@mecha/engines/vitest";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dropIns, type InstalledApp, installApp, openWorkshop, type Workshop } from "./installed-app.js";

let workshop: Workshop;
let app: InstalledApp;

beforeAll(async () => {
  workshop = await openWorkshop();
  app = await installApp(workshop, {
    name: "every-component",
    dependencies: { ...dropIns, ...workshop.libraries },
    overrides: dropIns,
  });
}, 400_000);

afterAll(async () => {
  await workshop[Symbol.asyncDispose]();
});

describeWith(["redis", "rocketmq", "nacos"], "an app that aliases and overrides every drop-in", (on) => {
  test("reaches real servers through the real clients, with every component loaded", { timeout: 120_000 }, async () => {
    const report = await app.report("main.js", {
      DAPR_RESOURCES_PATHS: "components/every-component.yaml",
      REDIS_ADDRESS: on.redis.address,
      ROCKETMQ_NAME_SERVER: on.rocketmq.nameServer,
      NACOS_ADDRESS: on.nacos.address,
    });
    expect(report).toMatchObject({
      used: {
        cache: { status: "ready", seen: "by the drop-in", first: 5, second: 4 },
        config: "half price",
        message: { sendStatus: "SEND_OK", body: "order 42", tags: "paid" },
        rpc: { sku: "a-1", left: 7 },
      },
      nested: { copy: "@mecha/ioredis", shared: true, read: "by the drop-in" },
      warnings: [],
    });
    expect(report).toHaveProperty(
      "clients",
      expect.arrayContaining(["ali-ons@3.12.0", "ioredis@5.11.1", "nacos@2.6.3"]),
    );
  });
});

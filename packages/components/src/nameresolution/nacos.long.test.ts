import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { describeWith } from "@mecha/engines/vitest";
import { expect, it } from "vitest";
import { nameResolver } from "./nacos.js";

/** Nacos forgets an instance that has been silent for 30 seconds. */
const longerThanSilenceMs = 40_000;

const logger = { debug() {}, info() {}, warn() {}, error() {} };

describeWith("nacos", "the name resolver nacos", (on) => {
  it("keeps an instance known as long as it lives", async () => {
    const appId = `stock-${randomUUID().slice(0, 8)}`;
    const configuration = { serverAddr: on.nacos.address };
    const resolver = await nameResolver.create({ type: "nacos", configuration, appId, logger });
    const app = { appId, namespace: "default" };
    const end = await resolver.register?.({ ...app, host: "127.0.0.1", port: 50_002 });
    await delay(longerThanSilenceMs);
    expect(await resolver.resolve(app)).toEqual(["127.0.0.1:50002"]);
    await end?.();
    await expect.poll(() => resolver.resolve(app), { timeout: 20_000 }).toEqual([]);
    await resolver.close?.();
  }, 120_000);
});

import type { RemoteApp } from "@mecha/sdk-core";
import { Injectable } from "@nestjs/common";
import { Test } from "@nestjs/testing";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { handleToken, InjectApp, MechaModule, OnInvoke, Payload } from "../index.js";
import { MechaTesting, type MechaTestingOptions } from "./index.js";

@Injectable()
class Supplier {
  @OnInvoke("buy")
  buy(@Payload("count") count: number): number {
    return count * 2;
  }
}

async function start(options: MechaTestingOptions = {}): Promise<MechaTesting> {
  const testing = await MechaTesting.start({ timeoutMs: 60_000, ...options });
  onTestFinished(() => testing.close());
  return testing;
}

async function startSupplier(testing: MechaTesting): Promise<void> {
  const builder = Test.createTestingModule({ imports: [MechaModule.forRoot()], providers: [Supplier] });
  const module = await testing.override(builder).compile();
  onTestFinished(() => module.close());
  await module.init();
}

afterEach(() => vi.unstubAllEnvs());

test("two apps of a test invoke each other, and leave together", async () => {
  const testing = await start();
  const other = await start({ appId: "supplier", beside: testing });
  await startSupplier(testing);
  await startSupplier(other);
  expect(await testing.mecha.app("supplier").invoke("buy", { count: 2 })).toBe(4);
  expect(await other.mecha.app("test").invoke("buy", { count: 3 })).toBe(6);
});

test("apps of other tests are not seen, whatever the namespace of the machine", async () => {
  vi.stubEnv("MECHA_NAMESPACE", "everybody");
  await startSupplier(await start({ appId: "supplier" }));
  const alone = await start();
  await expect(alone.mecha.app("supplier").invoke("buy", { count: 2 })).rejects.toThrow(
    "No process of this machine and project",
  );
});

test("what no handler takes is told, as is what cannot be published", async () => {
  const hasty = await start({ components: { events: "pubsub.in-memory" }, timeoutMs: 1 });
  await expect(hasty.publish("events", "nobody", 1)).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
  const testing = await start();
  await expect(testing.publish("missing", "orders", 1)).rejects.toMatchObject({ component: "missing" });
  expect(() => {
    testing.setConfiguration("absent", {});
  }).toThrow('no configuration store "absent" in memory');
});

test("another app can be put in the place of an injected one", async () => {
  @Injectable()
  class Buyer {
    constructor(@InjectApp("supplier") readonly supplier: RemoteApp) {}
  }
  const testing = await start();
  const builder = Test.createTestingModule({ imports: [MechaModule.forRoot()], providers: [Buyer] });
  builder.overrideProvider(handleToken("app", "supplier")).useValue({ invoke: async () => "bought" });
  const module = await testing.override(builder).compile();
  expect(await module.get(Buyer).supplier.invoke("buy")).toBe("bought");
});

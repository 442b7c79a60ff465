import { MechaTesting } from "@mecha/sdk-nest/testing";
import type { INestApplication } from "@nestjs/common";
import { Test } from "@nestjs/testing";
import { InventoryApp } from "./inventory.module.js";

let testing: MechaTesting;
let app: INestApplication;

beforeAll(async () => {
  const components = { store: "state.in-memory", events: "pubsub.in-memory", locks: "lock.in-memory" };
  testing = await MechaTesting.start({ components, appId: "inventory" });
  const module = await testing.override(Test.createTestingModule({ imports: [InventoryApp] })).compile();
  app = await module.createNestApplication().init();
});

afterAll(async () => {
  await app.close();
  await testing.close();
});

test("takes all lines of a reservation, or none", async () => {
  const reserve = (lines: { sku: string; count: number }[]): Promise<unknown> => testing.invoke("reserve", { lines });
  expect(await reserve([{ sku: "a-1", count: 60 }])).toEqual({ reserved: 1 });
  const more = [
    { sku: "b-2", count: 100 },
    { sku: "a-1", count: 60 },
  ];
  await expect(reserve(more)).rejects.toMatchObject({ httpStatus: 409, message: expect.stringContaining("a-1") });
  expect(await reserve([{ sku: "b-2", count: 100 }])).toEqual({ reserved: 1 });
});

test("packs what was ordered and says so", async () => {
  const { outcome } = await testing.publish("events", "order.created", { id: "1", lines: [{ sku: "c-3", count: 1 }] });
  expect(outcome).toBe("success");
  expect(testing.published("events", "order.packed")).toMatchObject([{ data: { id: "1" } }]);
});

test("gives up what is no order", async () => {
  const { outcome, error } = await testing.publish("events", "order.created", { id: "2", lines: [{ sku: "c-3" }] });
  expect(outcome).toBe("drop");
  expect(error).toMatchObject({ message: "Bad Request Exception" });
});

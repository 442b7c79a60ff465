import { randomUUID } from "node:crypto";
import { eventually } from "./eventually.js";
import type { RunningApp } from "./running-app.js";
import { Shop } from "./shop.js";

let shop: Shop;
let orders: RunningApp;
let inventory: RunningApp;

beforeAll(async () => {
  shop = new Shop();
  await shop.set("discount", "0");
  [inventory, orders] = await Promise.all([shop.start("inventory"), shop.start("orders")]);
});

afterAll(() => shop.close());

/** An article that no other test sells. */
const article = (): string => `article-${randomUUID()}`;

test("an order is reserved by invocation, packed by a subscriber and followed to its end", async () => {
  const lines = [{ sku: article(), count: 2 }];
  const { status, body } = await orders.post("/orders", { customer: "ann", lines });
  expect({ status, body }).toMatchObject({ status: 201, body: { customer: "ann", lines, status: "created" } });
  await eventually(
    () => orders.get(`/orders/${body.id}`),
    (found) => found.body.status === "packed",
  );
});

test("an order of more than there is, and one that is no order, are refused over HTTP", async () => {
  const tooMany = await orders.post("/orders", { customer: "ann", lines: [{ sku: article(), count: 101 }] });
  expect(tooMany.status).toBe(409);
  const none = await orders.post("/orders", { customer: "ann", lines: [] });
  expect(none.status).toBe(400);
});

test("a discount holds from the next order on, without a restart", async () => {
  const total = async (): Promise<number> => {
    const { body } = await orders.post("/orders", { customer: "bob", lines: [{ sku: article(), count: 1 }] });
    return body.total;
  };
  await shop.set("discount", "0.2");
  await eventually(total, (paid) => paid === 8);
  await shop.set("discount", "0");
  await eventually(total, (paid) => paid === 10);
});

test("what was being packed when the process was killed is packed by the next one", async () => {
  await inventory.stop("SIGKILL");
  inventory = await shop.start("inventory", { PACKING_MS: "3600000" });
  const { body } = await orders.post("/orders", { customer: "eve", lines: [{ sku: article(), count: 1 }] });
  await eventually(
    () => inventory.get(`/packing/${body.id}`),
    (found) => found.body.status === "packing",
  );
  await inventory.stop("SIGKILL");
  inventory = await shop.start("inventory");
  await eventually(
    () => orders.get(`/orders/${body.id}`),
    (found) => found.body.status === "packed",
  );
  expect((await inventory.get(`/packing/${body.id}`)).body).toEqual({ status: "packed", attempts: 2 });
});

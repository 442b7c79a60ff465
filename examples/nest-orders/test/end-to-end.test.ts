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

/** An article, customer or id that no other test has. */
const unique = (what: string): string => `${what}-${randomUUID()}`;
const partner = { "x-partner-key": "open sesame" };

test("an order is reserved by invocation, packed by a subscriber and followed to its end", async () => {
  const lines = [{ sku: unique("article"), count: 2 }];
  const { status, body } = await orders.post("/orders", { customer: "ann", lines });
  expect({ status, body }).toMatchObject({ status: 201, body: { customer: "ann", lines, status: "created" } });
  await eventually(
    () => orders.get(`/orders/${body.id}`),
    (found) => found.body.status === "packed",
  );
  expect((await inventory.get(`/movements/${lines[0]?.sku}`)).body).toEqual([{ count: 2, by: "orders" }]);
});

test("a large order goes on a pallet, in the trace of who ordered it", async () => {
  const traceId = randomUUID().replaceAll("-", "");
  const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
  const lines = [{ sku: unique("article"), count: 60 }];
  const { body } = await orders.post("/orders", { customer: "eve", lines }, headers);
  const packing = await eventually(
    () => inventory.get(`/packing/${body.id}`),
    (found) => found.body.status === "packed",
  );
  expect(packing.body).toMatchObject({ kind: "pallet", traceId });
});

test("an order of more than there is, and one that is no order, are refused", async () => {
  const tooMany = await orders.post("/orders", { customer: "ann", lines: [{ sku: unique("article"), count: 101 }] });
  expect(tooMany.status).toBe(409);
  const none = await orders.post("/orders", { customer: "ann", lines: [] });
  expect(none.status).toBe(400);
});

test("a partner's event goes to its subscriber, and to the dead letter topic if the validating pipe refuses it", async () => {
  const good = unique("order");
  const bad = unique("order");
  expect((await orders.post("/partners/orders", {}, { "x-partner-key": "a guess" })).status).toBe(403);
  await orders.post("/partners/orders", { id: bad, lines: "many" }, partner);
  await orders.post("/partners/orders", { id: good, lines: [{ sku: unique("article"), count: 1 }] }, partner);
  await eventually(
    () => inventory.get(`/packing/${good}`),
    (found) => found.body.status === "packed",
  );
  const refused = await eventually(
    () => orders.get("/partners/refused", partner),
    (found) => found.body.some((event: { data: { id: string } }) => event.data.id === bad),
  );
  expect(JSON.stringify(refused.body)).not.toContain(good);
  expect((await inventory.get(`/packing/${bad}`)).status).toBe(404);
});

test("the stock is asked for and corrected by messages and events of Nest's microservices", async () => {
  const sku = unique("article");
  expect((await orders.get(`/stock/${sku}`)).body).toEqual({ sku, left: 100 });
  expect((await orders.put(`/stock/${sku}`, { count: -1 })).status).toBe(400);
  await orders.put(`/stock/${sku}`, { count: 7 });
  await eventually(
    () => orders.get(`/stock/${sku}`),
    (found) => found.body.left === 7,
  );
});

test("both apps are well", async () => {
  for (const app of [orders, inventory]) {
    expect((await app.get("/health")).body).toMatchObject({ status: "ok", details: { components: { status: "up" } } });
  }
});

test("a discount holds from the next order on, without a restart", async () => {
  const total = async (): Promise<number> => {
    const { body } = await orders.post("/orders", { customer: "bob", lines: [{ sku: unique("article"), count: 1 }] });
    return body.total;
  };
  await shop.set("discount", "0.2");
  await eventually(total, (paid) => paid === 8);
  await shop.set("discount", "0");
  await eventually(total, (paid) => paid === 10);
});

test("what was sold is written when the clock's binding says so", async () => {
  const { body: first } = await eventually(
    () => orders.get("/sales"),
    (found) => found.status === 200,
  );
  await orders.post("/orders", { customer: "dan", lines: [{ sku: unique("article"), count: 3 }] });
  await eventually(
    () => orders.get("/sales"),
    (found) => found.body.orders > first.orders && found.body.total >= first.total + 30,
  );
});

test("an actor keeps a cart until it is ordered", async () => {
  const cart = `/carts/${unique("customer")}`;
  const lines = [
    { sku: unique("article"), count: 1 },
    { sku: unique("article"), count: 2 },
  ];
  await Promise.all(lines.map((line) => orders.post(`${cart}/lines`, line)));
  expect((await orders.get(cart)).body).toMatchObject({ lines: expect.arrayContaining(lines), status: "open" });
  const { body } = await orders.post(`${cart}/order`, {});
  expect(body).toMatchObject({ total: 30, status: "created" });
  expect((await orders.get(cart)).body.status).toBe("closed");
  expect((await orders.post(`${cart}/lines`, lines[0])).status).toBe(409);
});

test("a job closes the carts that nobody uses, also those of before a restart", async () => {
  const cart = `/carts/${unique("customer")}`;
  await orders.post(`${cart}/lines`, { sku: unique("article"), count: 1 });
  await orders.stop();
  orders = await shop.start("orders", { CART_IDLE_MS: "0" });
  await shop.set("close-carts-every-ms", "200");
  const closed = await eventually(
    () => orders.get(cart),
    (found) => found.body.status === "closed",
  );
  expect(closed.body.lines).toHaveLength(1);
});

test("what was being packed when the process was killed is packed by the next one", async () => {
  await inventory.stop();
  inventory = await shop.start("inventory", { PACKING_MS: "3600000" });
  const { body } = await orders.post("/orders", { customer: "eve", lines: [{ sku: unique("article"), count: 1 }] });
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
  // Beside daprd, its policy and the broker may both bring the event again.
  expect((await inventory.get(`/packing/${body.id}`)).body.attempts).toBeGreaterThanOrEqual(2);
});

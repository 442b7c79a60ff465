import type { ActorContext } from "@mecha/sdk-core";
import { MechaTesting } from "@mecha/sdk-nest/testing";
import type { INestApplication } from "@nestjs/common";
import { Test } from "@nestjs/testing";
import { OrdersApp } from "../orders.module.js";
import type { CartActor } from "./cart.actor.js";

let testing: MechaTesting;
let app: INestApplication;

beforeAll(async () => {
  process.env["CART_IDLE_MS"] = "0";
  process.env["PARTNER_KEY"] = "open sesame";
  const components = {
    store: "state.in-memory",
    events: "pubsub.in-memory",
    settings: { type: "configuration.in-memory", metadata: { values: '{"close-carts-every-ms":"3600000"}' } },
    vault: "secretstores.local.env",
    "every-second": { type: "bindings.cron", metadata: { schedule: "@yearly" } },
  };
  testing = await MechaTesting.start({ components, appId: "orders" });
  const module = await testing.override(Test.createTestingModule({ imports: [OrdersApp] })).compile();
  app = await module.createNestApplication().init();
});

afterAll(async () => {
  await app.close();
  await testing.close();
});

const cartOf = (customer: string) => testing.mecha.actor<CartActor>("Cart", customer);

test("a cart that somebody has forgotten is told to the mailing", async () => {
  await cartOf("ann").add({ sku: "a-1", count: 1 });
  await testing.fireReminder("Cart", "ann", "forgotten");
  expect(testing.published("events", "cart.forgotten")).toMatchObject([{ data: { cart: "ann" } }]);
});

test("lines that are put in quickly are told once", async () => {
  const told = testing.nextCall(
    ({ context }) => context.kind === "timer" && (context.message as ActorContext).id === "dan",
  );
  await cartOf("dan").add({ sku: "a-1", count: 1 });
  await cartOf("dan").add({ sku: "b-2", count: 2 });
  await told;
  const lines = [
    { sku: "a-1", count: 1 },
    { sku: "b-2", count: 2 },
  ];
  expect(testing.published("events", "cart.changed").at(-1)).toMatchObject({ data: { cart: "dan", lines } });
});

test("the job comes as often as the settings say, at the start and later", async () => {
  const period = async () => (await testing.mecha.jobs().get("close-carts"))?.schedule;
  expect(await period()).toBe("@every 3600000ms");
  const heard = testing.nextCall(({ context }) => context.kind === "configuration");
  testing.setConfiguration("settings", { "close-carts-every-ms": "7200000" });
  await heard;
  expect(await period()).toBe("@every 7200000ms");
});

test("the job closes every cart that is open", async () => {
  await cartOf("bob").add({ sku: "a-1", count: 1 });
  await cartOf("eve").add({ sku: "b-2", count: 1 });
  await testing.fireJob("close-carts");
  expect([(await cartOf("bob").show()).status, (await cartOf("eve").show()).status]).toEqual(["closed", "closed"]);
  await expect(cartOf("bob").add({ sku: "c-3", count: 1 })).rejects.toMatchObject({ httpStatus: 409 });
});

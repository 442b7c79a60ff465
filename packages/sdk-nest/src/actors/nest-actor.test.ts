import type { ActorContext } from "@mecha/sdk-core";
import { Injectable, UsePipes, ValidationPipe } from "@nestjs/common";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Clock, Log, Order } from "../../test/orders.js";
import { startTestApp, type TestApp } from "../../test/test-app.js";
import {
  Actor,
  ActorMethod,
  EventContext,
  type HandlerContext,
  InjectActorContext,
  OnReminder,
  OnTimer,
} from "../index.js";
import type { MechaTesting } from "../testing/index.js";

let log: unknown[];

/** Injected into the actor, and knows for which. */
@Injectable()
class Receipts {
  constructor(@InjectActorContext() readonly actor: ActorContext) {}

  get name(): string {
    return `receipt of ${this.actor.id}`;
  }
}

@Actor("Cart", { idleTimeoutMs: 60_000 })
class Cart {
  constructor(
    @InjectActorContext() readonly actor: ActorContext,
    readonly clock: Clock,
    readonly receipts: Receipts,
  ) {}

  onActivate(): void {
    log.push(`activated ${this.actor.id}`);
  }

  @ActorMethod("add")
  @UsePipes(new ValidationPipe())
  async add(item: Order): Promise<unknown> {
    const items = ((await this.actor.state.get<Order[]>("items")) ?? []).concat(item);
    this.actor.state.set("items", items);
    return { id: this.actor.id, count: items.length, now: this.clock.now };
  }

  @ActorMethod("receipt")
  receipt(): string {
    return this.receipts.name;
  }

  @ActorMethod("wait")
  async wait(): Promise<void> {
    await this.actor.timers.register("soon", { callback: "tick", dueInMs: 1, data: { id: "t" } });
  }

  @OnTimer("tick")
  tick({ id }: Order): void {
    log.push(`timer ${id}`);
  }

  @OnReminder("abandoned")
  abandoned({ id }: Order): string {
    log.push(`reminder ${id}`);
    return "cancel";
  }

  @OnReminder()
  other(@EventContext() { name }: HandlerContext): void {
    log.push(`other ${name}`);
  }
}

let running: TestApp;
let testing: MechaTesting;

beforeAll(async () => {
  running = await startTestApp({}, { providers: [Clock, Log, Cart, Receipts] });
  ({ testing } = running);
  log = running.app.get(Log).lines;
}, 120_000);
afterAll(() => running[Symbol.asyncDispose](), 120_000);
beforeEach(() => {
  log.length = 0;
});

function item(id: string): Order {
  return Object.assign(new Order(), { id, total: 1 });
}

test("an actor has its own object with what it injects, and keeps its state", async () => {
  const cart = testing.mecha.actor<Cart>("Cart", "42");
  expect(await cart.add(item("a"))).toEqual({ id: "42", count: 1, now: "noon" });
  expect(await cart.add(item("b"))).toEqual({ id: "42", count: 2, now: "noon" });
  expect(await testing.mecha.actor<Cart>("Cart", "43").add(item("c"))).toMatchObject({ count: 1 });
  await expect(cart.add({ id: 1, total: 1 } as never)).rejects.toMatchObject({
    code: "INVALID_ARGUMENT",
    message: expect.stringContaining("id must be a string"),
  });
  expect(log).toEqual(["activated 42", "activated 43"]);
});

test("what an actor injects knows for which actor it is", async () => {
  expect(await testing.mecha.actor<Cart>("Cart", "45").receipt()).toBe("receipt of 45");
  expect(await testing.mecha.actor<Cart>("Cart", "46").receipt()).toBe("receipt of 46");
});

test("an actor hears of its timers and reminders", async () => {
  const ticked = testing.nextCall(({ context }) => context.kind === "timer");
  await testing.mecha.actor<Cart>("Cart", "44").wait();
  await ticked;
  await testing.fireReminder("Cart", "44", "abandoned", { id: "r" });
  await testing.fireReminder("Cart", "44", "elsewise");
  expect(log).toEqual(["activated 44", "timer t", "reminder r", "other elsewise"]);
});

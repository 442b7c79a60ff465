import type {
  ActorContext,
  BulkTopicEvent,
  ConfigurationValues,
  EventOutcome,
  JobEvent,
  PubSub,
  RemoteApp,
  State,
  TopicEvent,
} from "@mecha/sdk-core";
import {
  type ArgumentsHost,
  BadRequestException,
  type CanActivate,
  Catch,
  Controller,
  createParamDecorator,
  type ExceptionFilter,
  type ExecutionContext,
  type INestApplication,
  Inject,
  Injectable,
  NotFoundException,
  ParseIntPipe,
  Scope,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
  ValidationPipe,
} from "@nestjs/common";
import { REQUEST } from "@nestjs/core";
import { ConfigModule, ConfigService } from "@nestjs/config";
import { Test } from "@nestjs/testing";
import { IsInt, IsString } from "class-validator";
import { firstValueFrom, map, type Observable } from "rxjs";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  Actor,
  ActorMethod,
  CloudEvent,
  ConfigurationValue,
  DropEvent,
  EventContext,
  type HandlerContext,
  handleToken,
  InjectActorContext,
  InjectApp,
  InjectPubSub,
  InjectState,
  type LiveValue,
  MechaModule,
  mechaConfiguration,
  OnBinding,
  OnConfiguration,
  OnInvoke,
  OnJob,
  OnReminder,
  OnTimer,
  Payload,
  Subscribe,
} from "../index.js";
import { MechaTesting } from "./index.js";

class Order {
  @IsString()
  id!: string;

  @IsInt()
  total!: number;
}

const log: unknown[] = [];
const seen = new Set<string>();

@Injectable()
class Clock {
  readonly now = "noon";
}

/** Found by its class in the module, so that its own dependency shows whether it was. */
@Injectable()
class BigOrders implements CanActivate {
  constructor(readonly clock: Clock) {}

  canActivate(context: ExecutionContext): boolean {
    const order = context.switchToRpc().getData<Order | undefined>();
    const { name } = context.switchToRpc().getContext<HandlerContext>();
    log.push(["guard", context.getType(), name, this.clock.now]);
    return order?.id !== "forbidden";
  }
}

@Injectable()
class Doubling {
  intercept(_context: ExecutionContext, next: { handle(): Observable<unknown> }): Observable<unknown> {
    return next.handle().pipe(map((value) => ({ intercepted: value })));
  }
}

class Missing extends Error {}

@Catch(Missing)
class DropMissing implements ExceptionFilter {
  catch(error: Missing, host: ArgumentsHost): EventOutcome {
    log.push(["filter", error.message, host.getType()]);
    return "drop";
  }
}

const Topic = createParamDecorator(
  (_data: unknown, context: ExecutionContext) => context.switchToRpc().getContext<HandlerContext>().name,
);

@Injectable()
class Orders {
  constructor(
    @InjectState("orders") readonly state: State<Order>,
    @InjectPubSub("events") readonly events: PubSub,
  ) {}

  @Subscribe("events", "orders", { deadLetterTopic: "dead" })
  @UsePipes(new ValidationPipe({ transform: true }))
  @UseGuards(BigOrders)
  async placed(@Payload() order: Order, @CloudEvent() event: TopicEvent, @Topic() topic: string): Promise<string> {
    await this.state.save(order.id, order);
    await this.events.publish("stored", { id: order.id });
    log.push([order.constructor.name, event.type, topic]);
    return "success";
  }

  @Subscribe("events", "dead")
  dead(): void {
    log.push("dead");
  }

  @Subscribe("events", "careful")
  careful(order: Order, context: HandlerContext): Order {
    log.push([order, context.kind, context.component]);
    if (order.id === "never") throw new DropEvent("it is over");
    if (seen.has(order.id)) return order;
    seen.add(order.id);
    if (order.id === "wrong") throw new BadRequestException("wrong");
    if (order.id === "later") throw new Error("the database is away");
    return order;
  }

  @Subscribe("events", "filtered")
  @UseFilters(DropMissing)
  filtered(@Payload("id") id: string): void {
    throw new Missing(id);
  }

  @Subscribe("events", "typed", { rules: ['event.type == "big"', { match: 'event.type == "huge"', priority: 1 }] })
  big(order: Order): string {
    log.push(`big ${order.id}`);
    return `big ${order.id}`;
  }

  @Subscribe("events", "typed")
  small(@Payload() { id }: Order): void {
    log.push(`small ${id}`);
  }

  @Subscribe("events", "batches", { bulk: { maxMessagesCount: 2, maxAwaitDurationMs: 1 } })
  batch(@Payload() orders: Order[], @CloudEvent() events: readonly BulkTopicEvent[]): EventOutcome[] {
    log.push([orders.length, events.length]);
    return events.map(() => "success");
  }

  @Subscribe("events", "raw", { raw: true })
  raw(@Payload() bytes: Buffer): void {
    log.push(bytes.toString());
  }
}

@Controller()
class Stock {
  constructor(
    readonly clock: Clock,
    @ConfigurationValue("settings", "discount", { parse: Number, default: 0 }) readonly discount: LiveValue<number>,
  ) {}

  @OnInvoke("reserve")
  @UsePipes(new ValidationPipe())
  @UseInterceptors(Doubling)
  @UseGuards(BigOrders)
  reserve(order: Order): unknown {
    if (order.total === 0) throw new NotFoundException(`nothing of ${order.id}`);
    return { reserved: order.id, at: this.clock.now };
  }

  @OnBinding("inbox")
  received(@Payload() text: string, @EventContext() context: HandlerContext<{ metadata: object }>): unknown {
    return { text, ...context.message.metadata };
  }

  @OnJob("nightly")
  nightly({ id }: Order): void {
    log.push(id);
    if (id === "bad") throw new Error("no night");
    if (id === "gone") throw new DropEvent("no need");
  }

  @OnJob("close-*")
  close(@Payload("id") id: string, @EventContext() { message }: HandlerContext<JobEvent>): void {
    log.push(message.name, id);
  }

  @OnConfiguration("settings", "discount")
  changed(
    @Payload() values: ConfigurationValues,
    @Payload("discount", ParseIntPipe) discount: number,
    @EventContext() context: HandlerContext,
  ): void {
    log.push([values.get("discount")?.value, discount, context.kind, context.name]);
  }
}

let made = 0;

@Injectable({ scope: Scope.REQUEST })
class Scoped {
  readonly number = ++made;

  constructor(
    @Inject(REQUEST) readonly request: HandlerContext,
    readonly clock: Clock,
  ) {}

  @OnInvoke("scoped")
  @UseGuards(BigOrders)
  answer(): unknown {
    return { number: this.number, kind: this.request.kind, now: this.clock.now };
  }
}

@Actor("Cart", { idleTimeoutMs: 60_000 })
class Cart {
  constructor(
    @InjectActorContext() readonly actor: ActorContext,
    readonly clock: Clock,
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

let testing: MechaTesting;
let app: INestApplication;

beforeAll(async () => {
  testing = await MechaTesting.start({
    timeoutMs: 60_000,
    components: {
      events: { type: "pubsub.in-memory", metadata: { redeliverInterval: "20ms" } },
      orders: "state.in-memory",
      settings: { type: "configuration.in-memory", metadata: { values: '{"currency":"CNY"}' } },
      inbox: { type: "bindings.cron", metadata: { schedule: "@every 1h" } },
    },
  });
  const builder = Test.createTestingModule({
    // Where the app itself would go in production.
    imports: [
      ConfigModule.forRoot({ ignoreEnvFile: true, load: [mechaConfiguration("settings", { keys: ["currency"] })] }),
      MechaModule.forRoot({ mode: "sidecar", endpoint: "127.0.0.1:9" }),
    ],
    providers: [Clock, Orders, Scoped, Cart],
    controllers: [Stock],
  });
  const module = await testing.override(builder).compile();
  module.useLogger(false);
  app = module.createNestApplication();
  await app.init();
});
afterAll(async () => {
  await app.close();
  await testing.close();
});
beforeEach(() => {
  log.length = 0;
  testing.clear();
});

describe("an event", () => {
  test("passes guard and pipe, and its handler gets what it asks for", async () => {
    const call = await testing.publish("events", "orders", { id: "1", total: 5 });
    expect(call).toMatchObject({ outcome: "success", result: "success", error: undefined });
    expect(log).toEqual([
      ["guard", "mecha", "orders", "noon"],
      ["Order", "com.dapr.event.sent", "orders"],
    ]);
    expect(testing.published("events")).toMatchObject([{ topic: "stored", data: { id: "1" } }]);
    expect((await testing.mecha.state<Order>("orders").get("1"))?.value).toEqual({ id: "1", total: 5 });
  });

  test.each([
    ["a pipe", { id: "2", total: "five" }],
    ["a guard", { id: "forbidden", total: 1 }],
  ])("that %s refuses goes to the dead letter topic", async (_who, data) => {
    const dead = testing.nextCall(({ context }) => context.name === "dead");
    expect((await testing.publish("events", "orders", data)).outcome).toBe("drop");
    await dead;
    expect(log.at(-1)).toBe("dead");
  });

  test("whose handler throws is delivered again, one that it drops is not", async () => {
    const order = { total: 1 };
    const again = (id: string) => testing.nextCall(({ payload }) => (payload as Order).id === id);
    expect((await testing.publish("events", "careful", { ...order, id: "later" })).outcome).toBe("retry");
    expect((await again("later")).outcome).toBe("success");
    // Without a dead letter topic, nothing is given up because it is refused.
    expect((await testing.publish("events", "careful", { ...order, id: "wrong" })).outcome).toBe("retry");
    expect((await again("wrong")).outcome).toBe("success");
    expect((await testing.publish("events", "careful", { ...order, id: "never" })).outcome).toBe("drop");
    expect((await testing.publish("events", "careful", { ...order, id: "fine" })).outcome).toBe("success");
    expect(log.filter((each) => JSON.stringify(each).includes("never"))).toEqual([
      [{ id: "never", total: 1 }, "topic", "events"],
    ]);
  });

  test("is settled by an exception filter", async () => {
    expect(await testing.publish("events", "filtered", { id: "x" })).toMatchObject({ outcome: "drop", result: "drop" });
    expect(log).toEqual([["filter", "x", "mecha"]]);
  });

  test("is routed by rules", async () => {
    const publish = (type: string) =>
      testing.publish("events", "typed", { id: type, total: 1 }, { cloudEvent: { type } });
    expect((await publish("big")).result).toBe("big big");
    expect((await publish("huge")).result).toBe("big huge");
    expect((await publish("tiny")).result).toBeUndefined();
    expect(log).toEqual(["big big", "big huge", "small tiny"]);
  });

  test("comes in batches or as bare bytes where that is said", async () => {
    await testing.publish("events", "batches", { id: "1", total: 1 });
    await testing.publish("events", "raw", Buffer.from("bare"), { rawPayload: true });
    expect(log).toEqual([[1, 1], "bare"]);
  });
});

describe("a controller", () => {
  test("answers invocations through its guard, pipe and interceptor", async () => {
    expect(await testing.invoke("reserve", { id: "a", total: 1 })).toEqual({
      intercepted: { reserved: "a", at: "noon" },
    });
    expect(log).toEqual([["guard", "mecha", "reserve", "noon"]]);
    await expect(testing.invoke("reserve", { id: "forbidden", total: 1 })).rejects.toMatchObject({
      code: "PERMISSION_DENIED",
      httpStatus: 403,
    });
    await expect(testing.invoke("reserve", { id: "b", total: 0 })).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: expect.stringContaining("nothing of b"),
    });
    await expect(testing.invoke("reserve", { id: 1, total: 1 })).rejects.toMatchObject({
      httpStatus: 400,
      message: expect.stringContaining("id must be a string"),
    });
  });

  test("takes bindings and jobs", async () => {
    expect(await testing.fireBinding("inbox", "hello", { from: "me" })).toEqual({ text: '"hello"', from: "me" });
    await testing.fireJob("nightly", { id: "one", total: 1 });
    await testing.fireJob("nightly", { id: "gone", total: 1 });
    await expect(testing.fireJob("nightly", { id: "bad", total: 1 })).rejects.toThrow("no night");
    expect(log).toEqual(["one", "gone", "bad"]);
    await expect(testing.fireBinding("outbox")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

test("a provider of request scope is made for each call, which is its request", async () => {
  const first = await testing.invoke<{ number: number }>("scoped");
  const second = await testing.invoke<{ number: number }>("scoped");
  expect(first).toMatchObject({ kind: "invocation", now: "noon" });
  expect(second.number).toBeGreaterThan(first.number);
  expect(log).toHaveLength(2);
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

test("a configuration that changes is heard of, by values too", async () => {
  const heard = testing.nextCall(({ context }) => context.kind === "configuration");
  testing.setConfiguration("settings", { colour: "blue" });
  testing.setConfiguration("settings", { discount: "15" });
  expect(await heard).toMatchObject({ context: { component: "settings", name: "settings" } });
  expect(log).toEqual([["15", 15, "configuration", "settings"]]);
  const { discount } = app.get(Stock);
  if (discount.value !== 15) await firstValueFrom(discount.changes);
  expect(discount.value).toBe(15);
  expect(() => {
    testing.setConfiguration("absent", {});
  }).toThrow('no configuration store "absent" in memory');
});

test("loaders of configuration read from the runtime of the test", () => {
  expect(app.get(ConfigService).get("currency")).toBe("CNY");
});

test("two apps of a test invoke each other, and leave together", async () => {
  @Injectable()
  class Supplier {
    @OnInvoke("buy")
    buy(@Payload("count") count: number): number {
      return count * 2;
    }
  }
  const other = await MechaTesting.start({ appId: "supplier", beside: testing });
  const builder = Test.createTestingModule({ imports: [MechaModule.forRoot()], providers: [Supplier] });
  const module = await other.override(builder).compile();
  await module.init();
  expect(await testing.mecha.app("supplier").invoke("buy", { count: 2 })).toBe(4);
  expect(await other.mecha.app("test").invoke("scoped", { id: "1" })).toMatchObject({ now: "noon" });
  await module.close();
  await other.close();
});

test("a job is for the handler of its name, or of what its name begins with", async () => {
  await testing.fireJob("close-42", { id: "42" });
  expect(log).toEqual(["close-42", "42"]);
});

test("what no handler takes is told, as is what cannot be published", async () => {
  const hasty = await MechaTesting.start({ components: { events: "pubsub.in-memory" }, timeoutMs: 1 });
  await expect(hasty.publish("events", "nobody", 1)).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
  await hasty.close();
  await expect(testing.publish("missing", "orders", 1)).rejects.toMatchObject({ component: "missing" });
});

test("another app can be put in the place of an injected one", async () => {
  @Injectable()
  class Buyer {
    constructor(@InjectApp("supplier") readonly supplier: RemoteApp) {}
  }
  const builder = Test.createTestingModule({ imports: [MechaModule.forRoot()], providers: [Buyer] });
  builder.overrideProvider(handleToken("app", "supplier")).useValue({ invoke: async () => "bought" });
  const module = await testing.override(builder).compile();
  expect(await module.get(Buyer).supplier.invoke("buy")).toBe("bought");
});

test("an actor hears of its timers and reminders", async () => {
  const ticked = testing.nextCall(({ context }) => context.kind === "timer");
  await testing.mecha.actor<Cart>("Cart", "44").wait();
  await ticked;
  await testing.fireReminder("Cart", "44", "abandoned", { id: "r" });
  await testing.fireReminder("Cart", "44", "elsewise");
  expect(log).toEqual(["activated 44", "timer t", "reminder r", "other elsewise"]);
});

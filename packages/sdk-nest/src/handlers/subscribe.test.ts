import type { BulkTopicEvent, EventOutcome, PubSub, State, TopicEvent } from "@mecha/sdk-core";
import {
  type ArgumentsHost,
  BadRequestException,
  Catch,
  createParamDecorator,
  type ExceptionFilter,
  type ExecutionContext,
  Injectable,
  UseFilters,
  UseGuards,
  UsePipes,
  ValidationPipe,
} from "@nestjs/common";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Clock, Log, NoForbidden, Order } from "../../test/orders.js";
import { startTestApp, type TestApp } from "../../test/test-app.js";
import { CloudEvent, DropEvent, type HandlerContext, InjectPubSub, InjectState, Payload, Subscribe } from "../index.js";
import type { MechaTesting } from "../testing/index.js";

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

const seen = new Set<string>();
let log: unknown[];

@Injectable()
class Orders {
  constructor(
    @InjectState("orders") readonly state: State<Order>,
    @InjectPubSub("events") readonly events: PubSub,
  ) {}

  @Subscribe("events", "orders", { deadLetterTopic: "dead" })
  @UsePipes(new ValidationPipe({ transform: true }))
  @UseGuards(NoForbidden)
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
    if (order.id === "refused") throw new BadRequestException(["first", "second"]);
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

let running: TestApp;
let testing: MechaTesting;

beforeAll(async () => {
  const events = { type: "pubsub.in-memory", metadata: { redeliverInterval: "20ms" } };
  running = await startTestApp({ events, orders: "state.in-memory" }, { providers: [Clock, Log, Orders] });
  ({ testing } = running);
  log = running.app.get(Log).lines;
}, 120_000);
afterAll(() => running[Symbol.asyncDispose](), 120_000);
beforeEach(() => {
  log.length = 0;
  testing.clear();
});

test("an event passes guard and pipe, and its handler gets what it asks for", async () => {
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
])("an event that %s refuses goes to the dead letter topic", async (_who, data) => {
  const dead = testing.nextCall(({ context }) => context.name === "dead");
  expect((await testing.publish("events", "orders", data)).outcome).toBe("drop");
  await dead;
  expect(log.at(-1)).toBe("dead");
});

test("what is given up, or comes again, is logged with the reasons of a pipe", async () => {
  const lines: string[] = [];
  const both = new Promise<void>((resolve) => {
    const keep = (message: unknown): void => {
      if (lines.push(String(message)) === 2) resolve();
    };
    running.app.useLogger({ log: keep, warn: keep, error: keep });
  });
  const dead = testing.nextCall(({ context }) => context.name === "dead");
  await testing.publish("events", "orders", { id: "3", total: "five" });
  await dead;
  await testing.publish("events", "careful", { id: "refused", total: 1 });
  await both;
  running.app.useLogger(false);
  expect(lines).toEqual([
    'An event of topic "orders" of "events" goes to the dead letter topic: total must be an integer number',
    expect.stringMatching(/of topic "careful" of "events" failed, it is to be delivered again: first; second$/),
  ]);
});

test("an event whose handler throws is delivered again, one that it drops is not", async () => {
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

test("an event is settled by an exception filter", async () => {
  expect(await testing.publish("events", "filtered", { id: "x" })).toMatchObject({ outcome: "drop", result: "drop" });
  expect(log).toEqual([["filter", "x", "mecha"]]);
});

test("an event is routed by rules", async () => {
  const publish = (type: string) =>
    testing.publish("events", "typed", { id: type, total: 1 }, { cloudEvent: { type } });
  expect((await publish("big")).result).toBe("big big");
  expect((await publish("huge")).result).toBe("big huge");
  expect((await publish("tiny")).result).toBeUndefined();
  expect(log).toEqual(["big big", "big huge", "small tiny"]);
});

test("events come in batches or as bare bytes where that is said", async () => {
  await testing.publish("events", "batches", { id: "1", total: 1 });
  await testing.publish("events", "raw", Buffer.from("bare"), { rawPayload: true });
  expect(log).toEqual([[1, 1], "bare"]);
});

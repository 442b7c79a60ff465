import { appCallback } from "@mecha/sdk-core/protocol";
import {
  MechaError,
  type ComponentLogger,
  type DeliveryOutcome,
  type InboundMessage,
  type MessageHandler,
  type OutboundMessage,
  type PubSub,
  type SubscribeOptions,
} from "@mecha/spec";
import { expect, test } from "vitest";
import { TopicStream } from "./topic-stream.js";

const { RETRY, SUCCESS, DROP, UNRECOGNIZED } = appCallback.TopicEventResponse_TopicEventResponseStatus;
const silent: ComponentLogger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** A broker in the hands of the test: it delivers what it is told to and keeps what is published. */
function handBroker() {
  const published: { readonly topic: string; readonly message: OutboundMessage }[] = [];
  const running = new Set<Promise<unknown>>();
  let handler: MessageHandler | undefined;
  let options: SubscribeOptions | undefined;
  const pubsub: PubSub = {
    backend: "test",
    features: [],
    async publish(topic, messages) {
      published.push(...messages.map((message) => ({ topic, message })));
      return messages.map(() => undefined);
    },
    async subscribe(_topic, handle, subscribeOptions) {
      handler = handle;
      options = subscribeOptions;
      return {
        close: async () => {
          await Promise.allSettled(running);
        },
      };
    },
  };
  return {
    pubsub,
    published,
    fail: (error: MechaError) => options?.onError?.(error, true),
    deliver(message: Partial<InboundMessage> = {}): Promise<DeliveryOutcome> {
      const full = { id: "m-1", data: Buffer.from("body"), metadata: {}, attempt: 1, ...message };
      const delivery = handler?.(full) ?? Promise.reject(new Error("nobody has subscribed"));
      running.add(delivery);
      return delivery;
    },
  };
}

async function open(component: PubSub, options: { readonly deadLetterTopic?: string; readonly raw?: boolean } = {}) {
  const stream = new TopicStream({
    pubsubName: "events",
    topic: "paid",
    metadata: {},
    raw: true,
    follow: (subscribe) => subscribe(component),
    logger: silent,
    ...options,
  });
  await stream.open();
  const responses = stream.responses[Symbol.asyncIterator]();
  expect((await responses.next()).value?.subscribeTopicEventsResponseType?.$case).toBe("initialResponse");
  return { stream, responses };
}

test("the component hears what the app answers; a status that is unknown means another delivery", async () => {
  const broker = handBroker();
  const { stream, responses } = await open(broker.pubsub);
  for (const [status, outcome] of [
    [SUCCESS, "success"],
    [RETRY, "retry"],
    [DROP, "drop"],
    [UNRECOGNIZED, "retry"],
  ] as const) {
    const delivery = broker.deliver();
    await responses.next();
    stream.acknowledge({ id: "m-1", status: { status } });
    expect(await delivery).toBe(outcome);
  }
});

test("two deliveries of one message are answered one after the other", async () => {
  const broker = handBroker();
  const { stream } = await open(broker.pubsub);
  const deliveries = [broker.deliver(), broker.deliver({ attempt: 2 })];
  stream.acknowledge({ id: "m-1", status: { status: DROP } });
  stream.acknowledge({ id: "m-1", status: { status: SUCCESS } });
  stream.acknowledge({ id: "nobody waits for this", status: undefined });
  expect(await Promise.all(deliveries)).toEqual(["drop", "success"]);
});

test("what was not answered goes back to the broker when the app is gone, dead letter topic or not", async () => {
  const broker = handBroker();
  const { stream, responses } = await open(broker.pubsub, { deadLetterTopic: "dead" });
  const delivery = broker.deliver();
  await responses.next();

  await stream.abandon();

  expect(await delivery).toBe("retry");
  expect(await broker.deliver()).toBe("retry");
  expect(broker.published).toEqual([]);
  expect((await responses.next()).done).toBe(true);
});

test("with a dead letter topic, what is asked for again or dropped goes there as it came", async () => {
  const broker = handBroker();
  const { stream } = await open(broker.pubsub, { deadLetterTopic: "dead" });
  const retried = broker.deliver({ id: "a", metadata: { colour: "blue" } });
  const dropped = broker.deliver({ id: "b" });
  stream.acknowledge({ id: "a", status: { status: RETRY } });
  stream.acknowledge({ id: "b", status: { status: DROP } });

  expect(await Promise.all([retried, dropped])).toEqual(["success", "success"]);
  expect(
    broker.published.map(({ topic, message }) => [topic, Buffer.from(message.data).toString(), message.metadata]),
  ).toEqual([
    ["dead", "body", { colour: "blue" }],
    ["dead", "body", {}],
  ]);
});

test("a message that is no CloudEvent is delivered again, or goes to the dead letters", async () => {
  const broker = handBroker();
  await open(broker.pubsub, { raw: false });
  expect(await broker.deliver()).toBe("retry");

  const other = handBroker();
  await open(other.pubsub, { raw: false, deadLetterTopic: "dead" });
  expect(await other.deliver()).toBe("success");
  expect(other.published).toHaveLength(1);
});

test("draining waits for answers under way, then ends the stream with UNAVAILABLE", async () => {
  const broker = handBroker();
  const { stream, responses } = await open(broker.pubsub);
  const delivery = broker.deliver();
  await responses.next();
  const draining = stream.drain(10_000);
  stream.acknowledge({ id: "m-1", status: { status: SUCCESS } });
  await draining;
  expect(await delivery).toBe("success");
  await expect(responses.next()).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

test("draining does not wait longer than it was told", async () => {
  const broker = handBroker();
  const { stream } = await open(broker.pubsub);
  const delivery = broker.deliver();
  await stream.drain(10);
  expect(await delivery).toBe("retry");
});

test("a subscription that the broker ends for good ends the stream with the reason", async () => {
  const broker = handBroker();
  const { responses } = await open(broker.pubsub);
  broker.fail(new MechaError("PERMISSION_DENIED", "no rights to the topic"));
  await expect(responses.next()).rejects.toMatchObject({
    code: "UNAVAILABLE",
    message: expect.stringContaining("no rights to the topic"),
  });
});

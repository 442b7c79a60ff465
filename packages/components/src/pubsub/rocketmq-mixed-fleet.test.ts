import { eventually } from "@mecha/conformance";
import { createTopic } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import type { InboundMessage } from "@mecha/spec";
import { Consumer, Message, Producer } from "ali-ons-upstream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testContext } from "../../test/test-context.js";
import { component } from "./rocketmq.js";

/** The original's own surface, which subclasses of Mecha do not use. */
interface OriginalProducer {
  ready(): Promise<void>;
  send(message: Message): Promise<unknown>;
  on(event: "error", listener: () => void): void;
  close(): Promise<void>;
}
interface OriginalConsumer {
  ready(): Promise<void>;
  subscribe(topic: string, tags: string, handler: (message: Message) => Promise<void>): void;
  on(event: "error", listener: () => void): void;
  close(): Promise<void>;
}
interface OriginalMessage extends Message {
  keys: string[];
  shardingKey: string;
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };

function originalOptions(nameServer: string, group: string) {
  const httpclient = { request: () => Promise.reject(new Error("not needed")) };
  return { nameSrv: [nameServer], httpclient, logger: silent, producerGroup: group, consumerGroup: group };
}

function originalMessage(topic: string, tags: string, body: Buffer): OriginalMessage {
  const constructor = Message as unknown as new (topic: string, tags: string, body: Buffer) => OriginalMessage;
  return new constructor(topic, tags, body);
}

/** Properties that differ from message to message or that the client adds when it reads. */
const volatile = new Set(["MIN_OFFSET", "MAX_OFFSET", "UNIQ_KEY", "CLUSTER", "MSG_REGION", "TRACE_ON", ""]);
const comparable = (properties: Readonly<Record<string, string | null>>) =>
  Object.fromEntries(
    Object.entries(properties).filter(([name]) => !volatile.has(name) && !name.startsWith("rocketmq-")),
  );

const bodies = [Buffer.from("short"), Buffer.alloc(10_000, "long, so it is compressed. ")];

describeWith("rocketmq", "pubsub.rocketmq beside an original ali-ons", (on) => {
  const topic = "mixed-fleet";
  let producer: OriginalProducer;
  let consumer: OriginalConsumer;
  const seenByOriginal: Message[] = [];

  beforeAll(async () => {
    await createTopic(on.rocketmq, topic);
    const create = <T>(Client: unknown, group: string) =>
      new (Client as new (options: unknown) => T)(originalOptions(on.rocketmq.nameServer, group));
    producer = create<OriginalProducer>(Producer, "mixed-original-producer");
    consumer = create<OriginalConsumer>(Consumer, "mixed-original-consumer");
    for (const client of [producer, consumer]) client.on("error", () => undefined);
    await Promise.all([producer.ready(), consumer.ready()]);
    consumer.subscribe(topic, "*", async (message) => void seenByOriginal.push(message));
  });
  afterAll(async () => {
    // They share a connection, which the second closes; the original does not always survive that without an error.
    await consumer.close();
    await producer.close().catch(() => undefined);
  });

  it("leaves what the original would have left, in the same queue, and reads what the original wrote", async () => {
    const pubsub = await component.create(testContext("pubsub.rocketmq", { nameServer: on.rocketmq.nameServer }));
    const seenByOurs: InboundMessage[] = [];
    try {
      await pubsub.subscribe(topic, async (message) => (seenByOurs.push(message), "success"), {
        metadata: { consumerGroup: "mixed-ours" },
      });
      const keys = ["sku-1", "sku-2", "sku-3", "sku-4", "sku-5", "sku-6"];
      for (const [index, key] of keys.entries()) {
        const body = bodies[index % 2]!;
        const message = originalMessage(topic, "paid", Buffer.concat([Buffer.from(`original ${key} `), body]));
        message.keys = [`order-${key}`, "eu"];
        message.shardingKey = key;
        message.properties["colour"] = "grün";
        await producer.send(message);
        const metadata = {
          "rocketmq-tag": "paid",
          "rocketmq-key": `order-${key},eu`,
          "rocketmq-shardingkey": key,
          colour: "grün",
          rawPayload: "true",
        };
        expect(
          await pubsub.publish(topic, [{ data: Buffer.concat([Buffer.from(`migrated ${key} `), body]), metadata }]),
        ).toEqual([undefined]);
      }
      const count = keys.length * 2;
      await eventually(
        "both saw all",
        async () => seenByOurs.length === count && seenByOriginal.length === count,
        20_000,
      );

      const textOf = (data: Uint8Array | undefined) => Buffer.from(data ?? []).toString();
      for (const [index, key] of keys.entries()) {
        const sentBy = (client: string) =>
          seenByOriginal.find(({ body }) => textOf(body).startsWith(`${client} ${key} `))!;
        const [original, migrated] = [sentBy("original"), sentBy("migrated")];
        expect(comparable(migrated.properties)).toEqual(comparable(original.properties));
        expect(textOf(migrated.body)).toBe(`migrated ${key} ${bodies[index % 2]!.toString()}`);
        // The original spreads keys that belong into queue 0.
        if (migrated.queueId !== 0) expect(migrated.queueId).toBe(original.queueId);

        const ours = seenByOurs.find(({ data }) => textOf(data).startsWith(`original ${key} `))!;
        expect(comparable(ours.metadata)).toEqual(comparable(original.properties));
        expect(textOf(ours.data)).toBe(textOf(original.body));
        expect(ours.id).toBe(original.msgId);
      }
    } finally {
      await pubsub.close?.();
    }
  });
});

describe("pubsub.rocketmq without a RocketMQ", () => {
  it("fails within its time and names component and address", async () => {
    const metadata = { nameServer: "127.0.0.1:1", "mecha.connectTimeout": "2s" };
    await expect(component.create(testContext("pubsub.rocketmq", metadata))).rejects.toMatchObject({
      code: "UNAVAILABLE",
      component: "under-test",
      message: expect.stringContaining("127.0.0.1:1"),
    });
  });

  it.each([
    [{}, "nameServer"],
    [{ nameServer: "localhost" }, "nameServer"],
    [{ nameServer: "localhost:9876", accessKey: "a" }, "secretKey"],
    [{ nameServer: "localhost:9876", consumeOrderly: "true" }, "consumeOrderly"],
    [{ nameServer: "localhost:9876", fromWhere: "Somewhere" }, "fromWhere"],
    [{ nameServer: "localhost:9876", securityToken: "t" }, "securityToken"],
  ])("refuses %j by its key", async (metadata, key) => {
    await expect(
      component.create(testContext("pubsub.rocketmq", metadata as Record<string, string>)),
    ).rejects.toMatchObject({
      code: "CONFIGURATION_INVALID",
      metadata: { key },
    });
  });
});

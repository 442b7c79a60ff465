import { eventually } from "@mecha/conformance";
import { createTopic } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import type { Message } from "ali-ons-upstream/lib/index.js";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ComponentFolder } from "@mecha/conformance";
import { rocketmq, useComponents } from "./components.js";
import { type AnyConsumer, type AnyProducer, type Library, load, optionsFor, warmUp } from "./library.js";
import { bodyOf, propertiesOf } from "./observe.js";

const topic = "ali-ons-mixed";

/** Kinds of messages; the body is the name of the sender, then what is here. */
const kinds: Readonly<Record<string, { readonly body: Buffer; prepare?(message: Message): void }>> = {
  binary: { body: Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)) },
  compressed: { body: Buffer.alloc(20_000, "the original compresses what is longer than 4 KB. ") },
  "without tags": { body: Buffer.from("-"), prepare: (message) => (message.tags = null) },
  "with everything": {
    body: Buffer.from("{}"),
    prepare(message) {
      message.keys = ["order-1", "with,comma", "eu"];
      message.properties["colour"] = "grün, 红色";
      for (const name of ["id", "type", "source", "topic", "time", "data", "__proto__ "])
        message.properties[name] = name;
      message.properties["number"] = 7;
      message.properties["empty"] = "";
    },
  },
  ...Object.fromEntries(
    ["sku-1", "sku-2", "sku-3", "sku-4", "sku-5"].map((key) => [
      key,
      { body: Buffer.from("-"), prepare: (message: Message) => (message.shardingKey = key) },
    ]),
  ),
};

const [original, dropIn] = await Promise.all([load("original"), load("drop-in")]);

/** What one side saw of a message. */
function appearance(message: Message): object {
  const { tags, keys, shardingKey, reconsumeTimes } = message;
  return {
    body: bodyOf(message)?.split("|", 3)[2],
    tags,
    keys,
    shardingKey,
    reconsumeTimes,
    properties: propertiesOf(message),
  };
}

describeWith("rocketmq", "a fleet of which a part has migrated", (on) => {
  const libraries = { original, dropIn };
  const producers = new Map<string, AnyProducer>();
  const consumers = new Map<string, AnyConsumer>();
  const seen = { original: new Map<string, Message>(), dropIn: new Map<string, Message>() };
  let folder: ComponentFolder;

  beforeAll(async () => {
    await createTopic(on.rocketmq, topic);
    folder = await useComponents([rocketmq(on.rocketmq.nameServer)]);
    for (const [name, { Producer, Consumer }] of Object.entries(libraries)) {
      const producer = new Producer(optionsFor(on.rocketmq.nameServer, `mixed-${name}-producer`));
      const consumer = new Consumer(optionsFor(on.rocketmq.nameServer, `mixed-${name}-consumer`));
      for (const client of [producer, consumer]) client.on("error", () => undefined);
      await Promise.all([producer.ready(), consumer.ready()]);
      producers.set(name, producer);
      consumers.set(name, consumer);
      const messages = seen[name as keyof typeof seen];
      let warm = false;
      consumer.subscribe(topic, "*", async (message: Message) => {
        if (message.tags === "warm-up") warm = true;
        else messages.set((bodyOf(message) ?? "").split("|", 2).join("|"), message);
      });
      await warmUp(libraries[name as keyof typeof libraries], producer, topic, () => warm);
    }
  });
  afterAll(async () => {
    for (const consumer of consumers.values()) await consumer.close();
    // The original's clients share a connection, which the second closes once more.
    for (const producer of producers.values()) await producer.close().catch(() => undefined);
    await folder.remove();
  });

  async function sendAll(name: string, { Message }: Library): Promise<void> {
    for (const [kind, { body, prepare }] of Object.entries(kinds)) {
      const message = new Message(topic, "paid", Buffer.concat([Buffer.from(`${name}|${kind}|`), body]));
      prepare?.(message);
      await producers.get(name)?.send(message);
    }
  }

  it("sees the same messages on both sides, whoever sent them", async () => {
    for (const [name, library] of Object.entries(libraries)) await sendAll(name, library);
    const count = Object.keys(kinds).length * 2;
    await eventually("both saw all", async () => seen.original.size === count && seen.dropIn.size === count, 20_000);
    for (const kind of Object.keys(kinds)) {
      const expected = appearance(seen.original.get(`original|${kind}`)!);
      for (const messages of [seen.original, seen.dropIn]) {
        for (const sender of ["original", "dropIn"]) {
          expect({ kind, sender, ...appearance(messages.get(`${sender}|${kind}`)!) }).toEqual({
            kind,
            sender,
            ...expected,
          });
        }
      }
    }
  });

  it("chooses the same queue for a sharding key", () => {
    const queues = (sender: string) =>
      Object.keys(kinds)
        .filter((kind) => kind.startsWith("sku"))
        .map((kind) => seen.original.get(`${sender}|${kind}`)!.queueId!);
    // The original spreads keys that belong into queue 0 over all queues.
    const chosen = queues("dropIn").map((queue, index) => (queue === 0 ? 0 : queues("original")[index]));
    expect(queues("dropIn")).toEqual(chosen);
    expect(new Set(chosen).size).toBeGreaterThan(1);
  });

  it("gives a handler the broker's facts of a message", () => {
    for (const kind of Object.keys(kinds)) {
      const facts = (messages: Map<string, Message>) => {
        const { msgId, queueId, queueOffset, bornTimestamp, storeTimestamp, storeHost } = messages.get(
          `original|${kind}`,
        )!;
        return { msgId, queueId, queueOffset, bornTimestamp, storeTimestamp, storeHost };
      };
      expect(facts(seen.dropIn)).toEqual(facts(seen.original));
    }
  });

  it("treats an empty body as the original does", async () => {
    const outcome = async (name: string, { Message }: Library) => {
      const message = new Message(topic, "paid", Buffer.alloc(0));
      message.properties["from"] = name;
      return producers
        .get(name)!
        .send(message)
        .then(
          () => "sent",
          () => "refused",
        );
    };
    expect(await outcome("dropIn", dropIn)).toBe(await outcome("original", original));
  });
});

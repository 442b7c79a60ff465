import { eventually } from "@mecha/conformance";
import type { Message } from "ali-ons-upstream/lib/index.js";
import { type AnyConsumer, type AnyProducer, type Library, optionsFor, warmUp } from "./library.js";

/** What one library did with the same messages. */
export interface Observation {
  readonly sent: readonly string[];
  /** Per message, by its body: what each delivery looked like. */
  readonly deliveries: Readonly<Record<string, readonly object[]>>;
  readonly errors: readonly string[];
  /** Most handlers that ran at once. */
  readonly mostAtOnce: number;
}

/** Properties that the broker or the client adds, which differ from run to run. */
const volatile =
  /^(MIN_OFFSET|MAX_OFFSET|UNIQ_KEY|CLUSTER|MSG_REGION|TRACE_ON|REAL_|RETRY_TOPIC|ORIGIN_MESSAGE_ID|DELAY|WAIT|CONSUME_START_TIME|$)/;

/** The sender's properties of a message. */
export function propertiesOf({ properties }: Message): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !volatile.test(name)));
}

export function bodyOf({ body }: Message): string | undefined {
  return body === undefined ? undefined : Buffer.from(body as Buffer).toString("latin1");
}

/** Sends a set of messages through a library and writes down what its consumer gets. */
export async function observe(library: Library, nameServer: string, topic: string): Promise<Observation> {
  const { Producer, Consumer } = library;
  const producer = new Producer(optionsFor(nameServer, `${topic}-producer`));
  const consumer = new Consumer(optionsFor(nameServer, `${topic}-consumer`, { parallelConsumeLimit: 3 }));
  const errors: string[] = [];
  consumer.on("error", ({ message }) => {
    // A group that is new to the broker makes the original complain of offsets and routes that are not there yet.
    if (message.startsWith("process mq message failed")) errors.push(message.replace(/msgId: [^,]+/, "msgId: ID"));
  });
  producer.on("error", () => undefined);
  try {
    await Promise.all([producer.ready(), consumer.ready()]);
    return await run(library, producer, consumer, { topic, errors });
  } finally {
    await consumer.close();
    // The original's clients share a connection, which the second closes once more.
    await producer.close().catch(() => undefined);
  }
}

async function run(
  library: Library,
  producer: AnyProducer,
  consumer: AnyConsumer,
  { topic, errors }: { readonly topic: string; readonly errors: readonly string[] },
): Promise<Observation> {
  const { Message, Consumer } = library;
  const deliveries: Record<string, object[]> = {};
  let warm = false;
  let [atOnce, mostAtOnce] = [0, 0];
  consumer.subscribe(topic, "paid || refunded || warm-up", async (message: Message, queue?: { topic: string }) => {
    const text = bodyOf(message) ?? "";
    if (text === "warm-up") return (warm = true);
    mostAtOnce = Math.max(mostAtOnce, ++atOnce);
    await new Promise((resolve) => setTimeout(resolve, 20));
    atOnce--;
    const seen = (deliveries[text] ??= []);
    seen.push({
      isMessage: message instanceof Message,
      topic: message.topic,
      tags: message.tags,
      keys: message.keys,
      shardingKey: message.shardingKey,
      properties: propertiesOf(message),
      reconsumeTimes: message.reconsumeTimes,
      hasId: typeof message.msgId === "string" && message.msgId !== "",
      // The original calls a handler without its queue when a message comes again.
      queueTopic: message.reconsumeTimes === 0 ? queue?.topic : undefined,
    });
    if (text === "throws" && message.reconsumeTimes === 0) throw new Error("out of paper");
    return text === "asks again" && message.reconsumeTimes === 0 ? Consumer.ACTION_RETRY : undefined;
  });
  await warmUp(library, producer, topic, () => warm);

  const messages = ["plain", "throws", "asks again"].map((text) => new Message(topic, "paid", text));
  const full = new Message(topic, "refunded", "full");
  full.keys = ["order-1", "a,b"];
  full.shardingKey = "sku-7";
  full.properties["colour"] = "grün";
  full.properties["type"] = "order";
  full.properties["amount"] = 12;
  const unwanted = [new Message(topic, "cancelled", "unwanted tag"), new Message(topic, null, "no tag")];
  const many = Array.from({ length: 12 }, (_, index) => new Message(topic, "paid", `one of many ${index}`));
  const results = await Promise.all([...unwanted, ...messages, full, ...many].map((message) => producer.send(message)));
  const complete = async () =>
    ["throws", "asks again"].every((text) => deliveries[text]?.length === 2) &&
    ["plain", "full", ...many.map((message) => bodyOf(message) ?? "")].every((text) => deliveries[text]?.length === 1);
  await eventually("every message was delivered", complete, 60_000);
  return {
    sent: results.map(({ sendStatus, msgId }) => `${sendStatus} ${/^[0-9A-F]{32}$/.test(msgId)}`),
    deliveries,
    errors: [...errors],
    mostAtOnce: Math.min(mostAtOnce, 2),
  };
}

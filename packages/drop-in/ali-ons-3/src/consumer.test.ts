import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { eventually } from "@mecha/conformance";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { ComponentFolder } from "@mecha/conformance";
import { sqlite, useComponents } from "../test/components.js";
import { optionsFor, silent } from "../test/library.js";
import { Consumer, type ConsumerOptions, Message, Producer } from "./index.js";

/** Nothing listens here, and nothing is asked. */
const nowhere = "127.0.0.1:9";
const open: { close(): Promise<void> }[] = [];
let folder: ComponentFolder | undefined;

afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.close()));
  await folder?.remove();
  folder = undefined;
});

async function start(components: Parameters<typeof useComponents>[0] = [sqlite], documents: string[] = []) {
  folder = await useComponents(components, documents);
}

function consumerOf(more: object = {}, group = "GID_test"): Consumer {
  const consumer = new Consumer(optionsFor(nowhere, group, more) as ConsumerOptions);
  open.push(consumer);
  return consumer;
}

function producerOf(more: object = {}): Producer {
  const producer = new Producer(optionsFor(nowhere, "PID_test", more));
  open.push(producer);
  return producer;
}

const nextError = (consumer: Consumer) => new Promise<Error>((resolve) => consumer.once("error", resolve));

describe("what the constructor and subscribe() refuse, in the original's words", () => {
  it.each([
    [undefined, "[MQPushConsumer] options.consumerGroup is required"],
    [
      { consumerGroup: "g", parallelConsumeLimit: 33 },
      "[MQPushConsumer] options.parallelConsumeLimit must lte pullBatchSize",
    ],
    [{ consumerGroup: "g" }, "[RemotingClient] options.httpclient is required"],
    [
      { consumerGroup: "g", onsAddr: "", httpclient: {} },
      "[RemotingClient] options.onsAddr or options.nameSrv one of them is required",
    ],
  ])("options %o", (options, message) => {
    expect(() => new Consumer(options as unknown as ConsumerOptions)).toThrow(message);
  });

  it("a handler that is not async, and a second one for a topic", async () => {
    await start();
    const consumer = consumerOf();
    expect(() => consumer.subscribe("t", () => Promise.resolve())).toThrow(
      "[MQPushConsumer] handler should be a asyncFunction",
    );
    consumer.subscribe("t", async () => undefined);
    expect(() => consumer.subscribe("t", "A", async () => undefined)).toThrow(
      "[MQPushConsumer] ONLY one handler allowed for topic=t",
    );
  });
});

describe("settings that are wrong", () => {
  it("tell ready() that there is no pub/sub component", async () => {
    await start([]);
    await expect(consumerOf().ready()).rejects.toMatchObject({
      name: "MQClientException",
      message: expect.stringContaining("pubsub."),
    });
    await expect(producerOf().ready()).rejects.toMatchObject({
      name: "MQClientException",
      code: "CONFIGURATION_INVALID",
    });
  });

  it("show the rule to write where two components could serve", async () => {
    await start([sqlite, { ...sqlite, name: "other" }]);
    const rule = 'mq: [{ match: { topic: "order-created" }, pubsub: NAME }]';
    const consumer = consumerOf();
    const failed = nextError(consumer);
    consumer.subscribe("order-created", async () => undefined);
    expect(await failed).toMatchObject({ name: "MQClientException", message: expect.stringContaining(rule) });
    await expect(producerOf().send(new Message("order-created", "t", "b"))).rejects.toThrow(rule);
  });

  it("refuse SQL92 where the broker cannot filter so", async () => {
    await start();
    const consumer = consumerOf();
    const failed = nextError(consumer);
    consumer.subscribe("t", { expressionType: "SQL92", subString: "a > 1" }, async () => undefined);
    expect((await failed).message).toContain(
      'filters by SQL92, which the component "events" (pubsub.sqlite) cannot do',
    );
  });
});

it("routes by the topic as the app names it, and adds the namespace to topic and group", async () => {
  const rules =
    'apiVersion: mecha/v1alpha1\nkind: Adapters\nmetadata: { name: mq }\nspec: { mq: [{ match: { topic: "orders", group: "ns%*" }, pubsub: other }, { match: {}, pubsub: events }] }\n';
  await start([sqlite, { name: "other", type: "pubsub.in-memory" }], [rules]);
  const consumer = consumerOf({ namespace: "ns" });
  const producer = producerOf({ namespace: "ns" });
  expect([consumer.consumerGroup, producer.producerGroup]).toEqual(["ns%GID_test", "ns%PID_test"]);
  const topics: string[] = [];
  consumer.subscribe("orders", async ({ topic }) => topics.push(topic));
  expect([...consumer.subscriptions.keys()]).toEqual(["ns%orders"]);
  await consumer.ready();
  const message = new Message("orders", "t", "b");
  await eventually("the message arrives, also when the same object is sent again", async () => {
    await producer.send(message);
    return topics.length > 1;
  });
  expect(new Set(topics)).toEqual(new Set(["ns%orders"]));
  expect(message.topic).toBe("ns%orders");
});

it("gives a message up above maxReconsumeTimes, and logs it as the original does", async () => {
  await start();
  const warn = vi.fn();
  const consumer = consumerOf({ maxReconsumeTimes: 2, logger: { ...silent, warn } });
  const attempts: number[] = [];
  consumer.on("error", () => undefined);
  consumer.subscribe("t", async ({ reconsumeTimes }) => {
    attempts.push(reconsumeTimes);
    throw new Error("never");
  });
  await producerOf().send(new Message("t", "tag", "b"));
  await eventually("it is given up", async () => warn.mock.calls.length > 0);
  expect(attempts).toEqual([0, 1, 2]);
  expect(warn.mock.calls[0]?.[0]).toContain("drop it for reconsumeTimes=3 and maxReconsumeTimes=2");
});

it("drops a broadcast message whose handler fails, and gives it to every other consumer", async () => {
  await start();
  const seen: string[] = [];
  const errors: string[] = [];
  for (const name of ["one", "two"]) {
    const consumer = consumerOf({ isBroadcast: true }, `GID_${name}`);
    consumer.on("error", ({ message }: Error) => errors.push(message));
    consumer.subscribe("t", async ({ body }) => {
      seen.push(`${name} ${String(body)}`);
      if (name === "one" && String(body) === "bad") throw new Error("broken");
    });
    await consumer.ready();
  }
  const producer = producerOf();
  await eventually("both take part", async () => {
    await producer.send(new Message("t", "x", "hello"));
    return ["one hello", "two hello"].every((line) => seen.includes(line));
  });
  await producer.send(new Message("t", "x", "bad"));
  await producer.send(new Message("t", "x", "last"));
  await eventually("both saw the last", async () => ["one last", "two last"].every((line) => seen.includes(line)));
  expect(seen.filter((line) => line.endsWith("bad")).sort()).toEqual(["one bad", "two bad"]);
  expect(errors).toEqual([expect.stringMatching(/^process mq message failed, topic: t, msgId: .+, broken$/)]);
});

it("handles one message at a time by default, and waits for the one under way when it is closed", async () => {
  await start();
  const consumer = consumerOf();
  let running = 0;
  let most = 0;
  let done = 0;
  consumer.subscribe("t", async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 30));
    running--;
    done++;
  });
  const producer = producerOf();
  for (let index = 0; index < 5; index++) await producer.send(new Message("t", "x", `${index}`));
  await eventually("two are done", async () => done >= 2 && running === 1);
  await consumer.close();
  expect([running, most]).toEqual([0, 1]);
  expect(done).toBeLessThan(5);
});

it("refuses what comes after close() and lets nothing open behind it", async () => {
  await start();
  const producer = producerOf();
  await producer.ready();
  await producer.close();
  await expect(producer.send(new Message("t", "x", "b"))).rejects.toMatchObject({
    name: "MQClientException",
    message: expect.stringContaining("closed"),
  });
  const consumer = consumerOf();
  const errors = vi.fn();
  consumer.on("error", errors);
  consumer.subscribe("t", async () => undefined);
  await consumer.close();
  await consumer.ready().catch(() => undefined);
  expect(errors).not.toHaveBeenCalled();
});

it("keeps the credentials of the constructor to itself", async () => {
  await start();
  const secret = "s3cr3t-never-leaves";
  const credentials = { accessKey: secret, accessKeyId: secret, secretKey: secret, accessKeySecret: secret };
  const consumer = consumerOf(credentials);
  let arrived = false;
  consumer.subscribe("t", async () => void (arrived = true));
  await producerOf(credentials).send(new Message("t", "tag", "in the file"));
  await eventually("the message arrives", async () => arrived);
  const files = await readdir(folder!.folder, { withFileTypes: true });
  const bytes = Buffer.concat(
    await Promise.all(files.filter((file) => file.isFile()).map((file) => readFile(join(folder!.folder, file.name)))),
  );
  expect(bytes.includes("in the file")).toBe(true);
  expect(bytes.includes(secret)).toBe(false);
});

it("hands on delay and start time, and exports the original's Message", async () => {
  await start();
  const consumer = consumerOf();
  let received: Message | undefined;
  consumer.subscribe("t", async (message) => void (received = message));
  const message = new Message("t", "tag", "b");
  message.delayTimeLevel = 3;
  message.setStartDeliverTime(1_700_000_000_000);
  await producerOf().send(message);
  await eventually("it arrives", async () => received !== undefined);
  expect(received).toBeInstanceOf(Message);
  expect(received?.properties).toEqual({ TAGS: "tag", DELAY: "3", __STARTDELIVERTIME: "1700000000000" });
  expect(received?.delayTimeLevel).toBe(3);
});

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { callReport, countCalls } from "@mecha/adapter-kit";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { allMessages } from "./filter-expression.js";
import type { ReceivedMessage } from "./legacy-message.js";
import { createPublisher } from "./publisher.js";
import { createSubscriber, type SubscriberOptions } from "./subscriber.js";

countCalls();

const events = JSON.stringify({
  apiVersion: "dapr.io/v1alpha1",
  kind: "Component",
  metadata: { name: "events" },
  spec: { type: "pubsub.in-memory", version: "v1", metadata: [{ name: "redeliverInterval", value: "10ms" }] },
});
let folder: string;
const open: { close(): Promise<void> }[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mecha-mq-"));
  await writeFile(join(folder, "events.json"), events);
  vi.stubEnv("DAPR_RESOURCES_PATHS", folder);
  vi.stubEnv("APP_ID", "mq-test");
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.close()));
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const tracked = <T extends { close(): Promise<void> }>(client: T): T => (open.push(client), client);
const subscriberOf = (options: Partial<SubscriberOptions> = {}) =>
  tracked(
    createSubscriber({
      ...{
        group: "g",
        model: "clustering",
        parallelism: 1,
        maxReconsumeTimes: 16,
        onError: vi.fn(),
        onGiveUp: vi.fn(),
      },
      ...options,
    }),
  );
const topic = { topic: "t", routeTopic: "t", filter: allMessages };
const send = (body: string, properties = {}) =>
  tracked(createPublisher("p")).send({ topic: "t", body: Buffer.from(body), properties });

it("carries a message, filters by tag, and counts what was sent and delivered", async () => {
  const seen: ReceivedMessage[] = [];
  const handle = async (message: ReceivedMessage) => (seen.push(message), "done" as const);
  await subscriberOf().subscribe({ ...topic, filter: { type: "tag", expression: "paid" }, handle });
  await send("unwanted", { TAGS: "other" });
  await send("wanted", { TAGS: "paid", colour: "red" });
  await expect.poll(() => seen.length).toBe(1);
  expect(seen[0]).toMatchObject({ topic: "t", properties: { TAGS: "paid", colour: "red" }, reconsumeTimes: 0 });
  expect(callReport().calls).toMatchObject([
    { adapter: "mq", component: "events", operations: { send: 2, deliver: 1 } },
  ]);
});

it("delivers again until it gives up", async () => {
  const onError = vi.fn();
  const onGiveUp = vi.fn();
  let deliveries = 0;
  const handle = async () => {
    if (++deliveries === 1) return "retry" as const;
    throw new Error("oh");
  };
  await subscriberOf({ maxReconsumeTimes: 1, onError, onGiveUp }).subscribe({ ...topic, handle });
  await send("b");
  await expect.poll(() => onGiveUp.mock.calls.length).toBe(1);
  expect(deliveries).toBe(2);
  expect(onError.mock.calls).toEqual([[expect.objectContaining({ message: "oh" })]]);
});

it("refuses a topic twice, SQL92 without the capability, and a closed subscriber", async () => {
  const subscriber = subscriberOf();
  const handle = async () => "done" as const;
  await subscriber.subscribe({ ...topic, handle });
  await expect(subscriber.subscribe({ ...topic, handle })).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
  const filter = { type: "sql92", expression: "a > 1" } as const;
  await expect(subscriber.subscribe({ ...topic, topic: "u", filter, handle })).rejects.toThrow("SQL92");
  await subscriber.unsubscribe("t");
  await subscriber.subscribe({ ...topic, handle });
  await Promise.all([subscriber.close(), subscriber.close()]);
  await expect(subscriber.subscribe({ ...topic, handle })).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
});

it.each([false, true])("opens nothing for a subscription that close() overtook (connected: %s)", async (connected) => {
  const onError = vi.fn();
  const subscriber = subscriberOf({ onError });
  if (connected) await subscriber.open();
  const overtaken = subscriber.subscribe({ ...topic, handle: async () => "done" });
  await Promise.all([subscriber.close(), expect(overtaken).rejects.toMatchObject({ code: "FAILED_PRECONDITION" })]);
  expect(onError).not.toHaveBeenCalled();
});

it("fails when it is opened where there is no pub/sub component", async () => {
  await rm(join(folder, "events.json"));
  await expect(subscriberOf().open()).rejects.toMatchObject({ code: "CONFIGURATION_INVALID" });
  await expect(tracked(createPublisher("p")).open()).rejects.toThrow("Add a component of type pubsub.*");
});

import { pubSubSuite } from "@mecha/conformance";
import type { MessageHandler, PubSub, SubscribeOptions } from "@mecha/spec";
import { expect, it } from "vitest";
import { testContext } from "../../test/test-context.js";
import { component } from "./memory.js";

/** Ways to break a component that keeps the contract. */
interface Breakage {
  readonly publish?: (publish: PubSub["publish"]) => PubSub["publish"];
  readonly handler?: (handler: MessageHandler, topic: string) => MessageHandler;
  readonly options?: (options: SubscribeOptions) => SubscribeOptions;
  readonly close?: (close: () => Promise<void>) => () => Promise<void>;
}

async function createBroken(breakage: Breakage): Promise<PubSub> {
  const good = await component.create(testContext("pubsub.in-memory", { "mecha.redeliverInterval": "5ms" }));
  const publish = good.publish.bind(good);
  return {
    ...good,
    publish: breakage.publish?.(publish) ?? publish,
    async subscribe(topic, handler, options) {
      const subscription = await good.subscribe(
        topic,
        breakage.handler?.(handler, topic) ?? handler,
        breakage.options?.(options) ?? options,
      );
      const close = subscription.close.bind(subscription);
      return { close: breakage.close?.(close) ?? close };
    },
  };
}

/** Runs the suite, or one test of it, on a component and gives the titles of the tests that fail. */
async function failuresOf(breakage: Breakage, only?: string): Promise<string[]> {
  const tests: [title: string, body: () => unknown][] = [];
  pubSubSuite(
    { describe: (_, body) => body(), it: (title, body) => tests.push([title, body]) },
    () => createBroken(breakage),
    {
      features: ["BULK_PUBLISH", "ORDERED", "SUBSCRIBE_WILDCARDS"],
      contentType: true,
      deliveredWithinMs: 150,
    },
  );
  const failed: string[] = [];
  for (const [title, body] of tests) {
    if (only !== undefined && title !== only) continue;
    try {
      await body();
    } catch {
      failed.push(title);
    }
  }
  return failed;
}

it("passes a component that keeps the contract", async () => {
  expect(await failuresOf({})).toEqual([]);
});

const again = "delivers again what was answered retry or failed, and nothing else";
const firstGroup = new Map<string, MessageHandler>();
const withMetadata = (metadata: Record<string, string>) => (options: SubscribeOptions) => ({
  ...options,
  metadata: { ...options.metadata, ...metadata },
});

it.each<[string, Breakage, string]>([
  [
    "loses what a handler asked to retry",
    {
      handler: (handler) => async (message) => {
        const outcome = await handler(message).catch(() => "drop" as const);
        return outcome === "retry" ? "success" : outcome;
      },
    },
    again,
  ],
  [
    "redelivers what was dropped",
    {
      handler: (handler) => async (message) => {
        const outcome = await handler(message);
        return outcome === "drop" ? "retry" : outcome;
      },
    },
    again,
  ],
  [
    "delivers everything twice",
    { handler: (handler) => async (message) => (await handler(message), handler(message)) },
    "answers a bulk publish with one result a message, and delivers all",
  ],
  [
    "delivers to one group only",
    {
      handler(handler, topic) {
        if (!firstGroup.has(topic)) firstGroup.set(topic, handler);
        return firstGroup.get(topic) === handler ? handler : async () => "success";
      },
    },
    "gives each group every message",
  ],
  [
    "takes a broadcast for a group",
    { options: withMetadata({ broadcast: "false" }) },
    "gives every broadcast subscriber every message",
  ],
  [
    "gives a group's messages to each of its subscribers",
    { options: withMetadata({ broadcast: "true" }) },
    "shares the messages among the subscribers of one group",
  ],
  [
    "ignores maxInFlight",
    { options: withMetadata({ maxInFlight: "100" }) },
    "handles as many messages at once as maxInFlight allows, and no more",
  ],
  [
    "loses the order of a key",
    {
      publish: (publish) => (topic, messages) =>
        publish(
          topic,
          messages.map((message) => ({ ...message, metadata: {} })),
        ),
    },
    "keeps the order of each key, redelivery included",
  ],
  [
    "changes a byte",
    {
      handler: (handler) => (message) => {
        const data = message.data.slice();
        data[0] = (data[0] ?? 0) ^ 1;
        return handler({ ...message, data });
      },
    },
    "gives back bytes, metadata and content type, with an id and attempt 1",
  ],
  [
    "never answers for the last message of a bulk",
    { publish: (publish) => async (topic, messages) => (await publish(topic, messages)).slice(0, -1) },
    "answers a bulk publish with one result a message, and delivers all",
  ],
  [
    "closes without waiting for handlers",
    { close: (close) => async () => void close() },
    "hands what a closed subscription did not finish to the next one",
  ],
])("fails a component that %s", async (_title, breakage, expected) => {
  expect(await failuresOf(breakage, expected)).toEqual([expected]);
});

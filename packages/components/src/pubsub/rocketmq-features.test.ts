import { eventually } from "@mecha/conformance";
import { topicOffsets } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import type { InboundMessage, PubSub } from "@mecha/spec";
import { afterAll, beforeAll, expect, it } from "vitest";
import { testContext } from "../../test/test-context.js";
import { component } from "./rocketmq.js";

describeWith("rocketmq", "what only pubsub.rocketmq has", (on) => {
  let pubsub: PubSub;
  beforeAll(async () => {
    const metadata = { nameServer: on.rocketmq.nameServer, nameSpace: "features" };
    pubsub = await component.create(testContext("pubsub.rocketmq", metadata));
  });
  afterAll(async () => {
    await pubsub.close?.();
  });

  const text = (body: string, metadata: Record<string, string> = {}) => ({
    data: new TextEncoder().encode(body),
    metadata,
  });
  const bodies = (messages: readonly InboundMessage[]) =>
    messages.map(({ data }) => new TextDecoder().decode(data)).sort();

  async function subscribe(topic: string, metadata: Record<string, string>) {
    const messages: InboundMessage[] = [];
    await pubsub.subscribe(topic, async (message) => (messages.push(message), "success"), { metadata });
    return messages;
  }

  it("delivers the tags that were asked for", async () => {
    const all = await subscribe("tags", { consumerGroup: "tags-all" });
    const some = await subscribe("tags", { consumerGroup: "tags-some", "rocketmq-sub-expression": "paid || refunded" });
    const tags = ["paid", "shipped", "refunded", "lost"];
    await pubsub.publish("tags", [text("untagged"), ...tags.map((tag) => text(tag, { "rocketmq-tag": tag }))]);
    await eventually("all came", async () => all.length === 5 && some.length === 2);
    expect(bodies(some)).toEqual(["paid", "refunded"]);
  });

  it("refuses a second expression for a topic in one group", async () => {
    const consumerGroup = "tags-conflict";
    await subscribe("tags", { consumerGroup, "rocketmq-sub-expression": "paid" });
    await expect(subscribe("tags", { consumerGroup, "rocketmq-sub-expression": "lost" })).rejects.toMatchObject({
      code: "FAILED_PRECONDITION",
    });
  });

  it("delays a message by its DELAY property", async () => {
    const messages = await subscribe("delayed", { consumerGroup: "delayed" });
    const publishedAt = Date.now();
    // Level 1 is one second.
    expect(await pubsub.publish("delayed", [text("later", { DELAY: "1" }), text("now")])).toEqual([
      undefined,
      undefined,
    ]);
    await eventually("both came", async () => messages.length === 2);
    expect(messages.map(({ data }) => new TextDecoder().decode(data))).toEqual(["now", "later"]);
    expect(Date.now() - publishedAt).toBeGreaterThan(900);
  });

  it("handles messages of one sharding key in turn, and keeps them in one queue of the namespace's topic", async () => {
    const seen: string[] = [];
    let now = 0;
    let most = 0;
    await pubsub.subscribe(
      "keyed",
      async ({ data }) => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setImmediate(resolve));
        now--;
        seen.push(new TextDecoder().decode(data));
        return "success";
      },
      { metadata: { consumerGroup: "keyed" } },
    );
    const messages = Array.from({ length: 20 }, (_, index) => text(`m${index}`, { "rocketmq-shardingkey": "sku-1" }));
    await pubsub.publish("keyed", messages);
    await eventually("all came", async () => seen.length === 20);
    expect(seen).toEqual(messages.map((_, index) => `m${index}`));
    expect(most).toBe(1);
    const queues = await topicOffsets(on.rocketmq.nameServer, "features%keyed");
    expect(queues.filter(({ max }) => max > 0)).toMatchObject([{ max: 20 }]);
  });

  it("says which message of a publish was refused, and why", async () => {
    const results = await pubsub.publish("refused", [text("good"), text("bad", { note: "a\u0001b" })]);
    expect(results[0]).toBeUndefined();
    expect(results[1]).toMatchObject({ code: "INVALID_ARGUMENT", message: expect.stringContaining('"note"') });
  });

  it("refuses an empty body, as the broker does", async () => {
    expect(await pubsub.publish("empty", [text("")])).toMatchObject([{ code: "INVALID_ARGUMENT" }]);
  });
});

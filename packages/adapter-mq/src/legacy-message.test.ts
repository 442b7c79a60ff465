import { describe, expect, it } from "vitest";
import { createDeliveryCounts } from "./delivery-counts.js";
import { allMessages, tagTest } from "./filter-expression.js";
import { toPublishMetadata, toReceivedMessage } from "./legacy-message.js";

const event = (extensions: Record<string, unknown>) =>
  toReceivedMessage({ id: "1", topic: "t", pubsubName: "events", data: Buffer.from("b"), extensions });

describe("properties of a message", () => {
  it("survive the way through a component that keeps metadata as it is", () => {
    const properties = {
      TAGS: "a",
      KEYS: "k1,x k2",
      __SHARDING_KEY: "s",
      DELAY: "3",
      type: "own",
      topic: "own",
      ["__proto__"]: "own",
    };
    const metadata = toPublishMetadata(properties);
    expect(metadata).toMatchObject({
      "rocketmq-tag": "a",
      "rocketmq-shardingkey": "s",
      __SHARDING_KEY: "s",
      KEYS: "k1,x k2",
    });
    const message = event({ ...metadata, pubsubname: "events", rawPayload: "true", deliveryattempt: 3 });
    expect(Object.entries(message.properties).sort()).toEqual(Object.entries(properties).sort());
    expect(message.reconsumeTimes).toBe(2);
  });

  it("are apart from what the broker says of the message", () => {
    const message = event({
      TAGS: "a",
      topic: "t",
      "rocketmq-message-id": "ID",
      "rocketmq-queue-id": "3",
      "rocketmq-key": "k",
    });
    expect(message).toMatchObject({
      messageId: "ID",
      properties: { TAGS: "a", KEYS: "k" },
      broker: { "queue-id": "3" },
    });
    expect(Object.keys(message.properties)).toEqual(["TAGS", "KEYS"]);
  });

  it("have the sharding key of Go and Java clients under ali-ons's name too", () => {
    expect(event({ SHARDING_KEY: "s" }).properties).toEqual({ SHARDING_KEY: "s", __SHARDING_KEY: "s" });
    expect(event({ SHARDING_KEY: "other", __SHARDING_KEY: "s" }).properties).toEqual({
      SHARDING_KEY: "other",
      __SHARDING_KEY: "s",
    });
  });

  it.each([
    [{}, 0],
    [{ deliveryattempt: 1 }, 0],
    [{ deliveryattempt: "4" }, 3],
    [{ deliveryattempt: "x" }, 0],
  ])("count deliveries: %o is %i", (extensions, expected) => expect(event(extensions).reconsumeTimes).toBe(expected));
});

describe("a message that daprd's pubsub.rocketmq delivers", () => {
  it("has its tags, keys and listed properties, and nothing of the event that daprd made of it", () => {
    const message = event({
      TAGS: "a",
      KEYS: "k",
      SHARDING_KEY: "",
      MSG_REGION: "",
      customer: "c",
      time: "2026-11-23T09:00:00Z",
      traceid: "",
      traceparent: "",
      tracestate: "",
      topic: "t",
      pubsubname: "events",
    });
    expect(message.properties).toEqual({ TAGS: "a", KEYS: "k", customer: "c" });
    expect(message).toMatchObject({ messageId: "1", reconsumeTimes: 0 });
  });

  it("was delivered before if the broker kept it for a while", () => {
    expect(event({ RETRY_TOPIC: "t" }).reconsumeTimes).toBe(1);
  });

  it("was delivered before as often as it failed in this process", () => {
    const counts = createDeliveryCounts();
    const deliver = (outcome: "retry" | "success") => {
      const message = counts.correct(event({}));
      counts.note(message, outcome);
      return message.reconsumeTimes;
    };
    expect([deliver("retry"), deliver("retry"), deliver("success"), deliver("success")]).toEqual([0, 1, 2, 0]);
  });
});

describe("a filter", () => {
  it.each([
    ["*", undefined, true],
    ["", "a", true],
    ["a", "a", true],
    ["a || b", "b", true],
    [" a||b ", "c", false],
    ["a", undefined, false],
    ["a || *", "c", false],
  ])("%j takes the tag %j: %s", (expression, tag, expected) => {
    expect(tagTest({ type: "tag", expression })(tag)).toBe(expected);
  });

  it("leaves SQL92 to the broker", () => {
    expect(tagTest({ type: "sql92", expression: "a > 1" })(undefined)).toBe(true);
    expect(tagTest(allMessages)("any")).toBe(true);
  });
});

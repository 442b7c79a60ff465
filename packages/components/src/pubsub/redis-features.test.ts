import { startRedis } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import type { InboundMessage, PubSub, SubscribeOptions, Subscription } from "@mecha/spec";
import { randomUUID } from "node:crypto";
import { Redis } from "ioredis-upstream";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { testContext } from "../../test/test-context.js";
import { component } from "./redis.js";
import { fieldsOf } from "./redis/stream-entry.js";

describe("the entries of pubsub.redis", () => {
  it("have metadata in the JSON that Go writes, and none where there is none", () => {
    const data = Buffer.from("x");
    expect(fieldsOf({ data, metadata: {} })).toEqual(["data", data]);
    const [, , , metadata] = fieldsOf({ data, metadata: { b: "<a&b>", a: "ü\u2028" } });
    expect(metadata).toBe('{"a":"ü\\u2028","b":"\\u003ca\\u0026b\\u003e"}');
  });
});

describeWith("redis", "pubsub.redis", (on) => {
  let redis: Redis;
  beforeAll(() => {
    redis = new Redis(on.redis.port, on.redis.host);
  });
  afterAll(async () => {
    await redis.quit();
  });

  const open = async (metadata: Readonly<Record<string, string>> = {}): Promise<PubSub> => {
    const pubsub = await component.create(
      testContext("pubsub.redis", {
        redisHost: on.redis.address,
        processingTimeout: "300",
        redeliverInterval: "50",
        "mecha.redeliverInterval": "5ms",
        ...metadata,
      }),
    );
    onTestFinished(async () => pubsub.close?.());
    return pubsub;
  };

  /** Subscribes and keeps what comes. */
  const listen = async (
    pubsub: PubSub,
    topic: string,
    metadata: Readonly<Record<string, string>> = {},
    onError: SubscribeOptions["onError"] = () => undefined,
  ) => {
    const messages: InboundMessage[] = [];
    const waiters = new Set<() => void>();
    const handle = async (message: InboundMessage) => {
      messages.push(message);
      for (const wake of waiters) wake();
      return "success" as const;
    };
    const subscription: Subscription = await pubsub.subscribe(topic, handle, { metadata, onError });
    const holds = (count: number): Promise<void> =>
      new Promise((resolve) => {
        const check = (): void => {
          if (messages.length >= count) resolve();
        };
        waiters.add(check);
        check();
      });
    return { messages, subscription, holds };
  };
  const texts = (messages: readonly InboundMessage[]) => messages.map(({ data }) => Buffer.from(data).toString());
  const publish = async (pubsub: PubSub, topic: string, ...bodies: string[]) => {
    const results = await pubsub.publish(
      topic,
      bodies.map((body) => ({ data: Buffer.from(body), metadata: {} })),
    );
    expect(results.every((result) => result === undefined)).toBe(true);
  };
  const newTopic = () => `features-${randomUUID()}`;

  it("gives a new group what was published before it was there, as daprd does", async () => {
    const [pubsub, topic] = [await open(), newTopic()];
    await publish(pubsub, topic, "early");
    const { messages, holds } = await listen(pubsub, topic);
    await holds(1);
    expect(texts(messages)).toEqual(["early"]);
    expect(await redis.xinfo("GROUPS", topic)).toHaveLength(1);
  });

  it("takes over what a process that died had not acknowledged, and counts its deliveries", async () => {
    const [pubsub, topic] = [await open(), newTopic()];
    await redis.xgroup("CREATE", topic, "test-app", "0", "MKSTREAM");
    await publish(pubsub, topic, "left behind");
    // What a consumer does that then dies.
    await redis.xreadgroup("GROUP", "test-app", "test-app", "COUNT", 1, "STREAMS", topic, ">");
    const { messages, holds } = await listen(pubsub, topic);
    await holds(1);
    expect([texts(messages), messages[0]?.attempt]).toEqual([["left behind"], 2]);
    await expect.poll(async () => (await redis.xpending(topic, "test-app"))[0]).toBe(0);
  });

  it("does not take over what it is still working on", async () => {
    const [pubsub, topic] = [await open({ processingTimeout: "50", redeliverInterval: "10" }), newTopic()];
    let deliveries = 0;
    let finish = (): void => undefined;
    const started = new Promise<void>((resolve) => {
      const handle = async () => {
        deliveries++;
        resolve();
        await new Promise<void>((done) => (finish = done));
        return "success" as const;
      };
      void pubsub.subscribe(topic, handle, { metadata: {} });
    });
    await publish(pubsub, topic, "slow");
    await started;
    await expect
      .poll(async () => idleOf(await redis.xpending(topic, "test-app", "-", "+", 1)), { timeout: 5_000 })
      .toBeGreaterThan(150);
    finish();
    await expect.poll(async () => (await redis.xpending(topic, "test-app"))[0]).toBe(0);
    expect(deliveries).toBe(1);
  });

  it("goes on after its connections were cut and after the server lost the group, and tells of it", async () => {
    // Its own server: the others' connections are cut too.
    await using own = await startRedis();
    const admin = new Redis(own.port, own.host);
    const [pubsub, topic] = [await open({ redisHost: own.address }), newTopic()];
    const troubles: string[] = [];
    const { messages, holds } = await listen(pubsub, topic, {}, ({ code }) => troubles.push(code));
    await publish(pubsub, topic, "before");
    await holds(1);
    await admin.client("KILL", "TYPE", "normal", "SKIPME", "yes");
    const sent = (): Promise<boolean> =>
      publish(pubsub, topic, "between").then(
        () => true,
        () => false,
      );
    await expect.poll(sent).toBe(true);
    await holds(2);
    expect(troubles).toEqual(["UNAVAILABLE"]);
    await admin.del(topic);
    await publish(pubsub, topic, "after");
    await holds(3);
    expect(texts(messages)).toEqual(["before", "between", "after"]);
    await pubsub.close?.();
    await admin.quit();
  });

  it("trims streams to about maxLenApprox, or to the age of streamTTL", async () => {
    const [short, topic] = [await open({ maxLenApprox: "100" }), newTopic()];
    await publish(short, topic, ...Array.from({ length: 1_000 }, String));
    expect(await redis.xlen(topic)).toBeLessThan(300);
    const [young, other] = [await open({ streamTTL: "1h" }), newTopic()];
    for (let index = 0; index < 200; index++) await redis.xadd(other, `${index + 1}-0`, "data", "old");
    await publish(young, other, "new");
    expect(await redis.xlen(other)).toBeLessThan(200);
  });

  it("leaves no group of a broadcast subscriber behind", async () => {
    const [pubsub, topic] = [await open(), newTopic()];
    const { subscription, holds } = await listen(pubsub, topic, { broadcast: "true" });
    await publish(pubsub, topic, "to all");
    await holds(1);
    await subscription.close();
    expect(await redis.xinfo("GROUPS", topic)).toEqual([]);
  });

  it("answers for messages that Redis refuses one by one", async () => {
    const [pubsub, topic] = [await open(), newTopic()];
    await redis.set(topic, "no stream");
    const [failure] = await pubsub.publish(topic, [{ data: Buffer.from("x"), metadata: {} }]);
    expect(failure).toMatchObject({ code: "FAILED_PRECONDITION" });
  });
});

/** The milliseconds since the first of some pending messages was delivered. */
function idleOf(pending: unknown): number {
  // With a range, Redis replies with [id, consumer, idle, deliveries] for each.
  const [first] = pending as readonly (readonly [string, string, number, number])[];
  return first?.[2] ?? 0;
}

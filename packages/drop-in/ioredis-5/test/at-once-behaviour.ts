import { tracingChannel } from "node:diagnostics_channel";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { AnyRedis } from "./client-behaviour.js";

/** What an app may rely on of a client of ioredis whose commands are answered in its own process, some before they were sent. */
export function atOnceBehaviour(create: (options?: object) => AnyRedis): void {
  let redis: AnyRedis;
  beforeEach(async () => {
    redis = create();
    await redis.set("at-once", "0");
    await redis.hset("at-once-hash", "field", "value");
  });
  afterEach(() => redis.disconnect());

  it("lets timers run while somebody asks again and again", async () => {
    const asking = new AbortController();
    setTimeout(() => asking.abort(), 20);
    while (!asking.signal.aborted) await redis.get("at-once");
  });

  it("answers in the order of commands, however many there are and whichever way they go", async () => {
    const order: number[] = [];
    const all: Promise<unknown>[] = [];
    for (let index = 0; index < 1_000; index++) {
      const sent = index % 7 === 3 ? redis.setrange("at-once-other", 0, "x") : redis.incr("at-once");
      all.push(sent.then(() => order.push(index)));
    }
    await Promise.all(all);
    expect(order).toEqual(Array.from({ length: 1_000 }, (_, index) => index));
  });

  it("keeps bytes apart from those of its caller", async () => {
    const bytes = Buffer.from([1, 255, 0, 13, 10]);
    const copy = Buffer.from(bytes);
    await redis.set("at-once", bytes);
    bytes.fill(7);
    const found = await redis.getBuffer("at-once");
    expect(found).toEqual(copy);
    found?.fill(7);
    expect(await redis.getBuffer("at-once")).toEqual(copy);
    await redis.set("at-once", "grüß €");
    expect(await redis.get("at-once")).toBe("grüß €");
    await redis.hset("at-once-hash", "grüß €", "größer");
    expect(await redis.hgetall("at-once-hash")).toEqual({ field: "value", "grüß €": "größer" });
    expect(await redis.hmget("at-once-hash", "field", "none")).toEqual(["value", null]);
  });

  it("rejects with the command's own error", async () => {
    await expect(redis.incr("at-once-hash")).rejects.toMatchObject({
      name: "ReplyError",
      message: "WRONGTYPE Operation against a key holding the wrong kind of value",
      command: { name: "incr", args: ["at-once-hash"] },
    });
    await expect(redis.call("get")).rejects.toThrow("wrong number of arguments");
  });

  it("keeps commands of a transaction until it is executed", async () => {
    await redis.multi({ pipeline: false });
    expect(await redis.incr("at-once")).toBe("QUEUED");
    expect(await redis.exec()).toEqual([[null, 1]]);
  });

  it("refuses what a subscriber may not do, and what comes after the end", async () => {
    const message = /subscriber mode|Can't execute/;
    await redis.subscribe("channel");
    // In RESP3 a subscriber may do everything.
    const reply = await redis.get("at-once").catch((error: unknown) => error);
    if (reply !== "0") expect(reply).toMatchObject({ message: expect.stringMatching(message) as string });
    await redis.unsubscribe("channel");
    expect(await redis.get("at-once")).toBe("0");
    const quit = redis.quit();
    await expect(redis.get("at-once")).rejects.toThrow("Connection is closed.");
    await quit;
  });

  it("tells who traces commands of each", async () => {
    const channel = tracingChannel<string, { command?: string }>("ioredis:command");
    const started: unknown[] = [];
    const subscribers = {
      start: ({ command }: { command?: string }) => void started.push(command),
      end: () => undefined,
      asyncStart: () => undefined,
      asyncEnd: () => undefined,
      error: () => undefined,
    };
    channel.subscribe(subscribers);
    await redis.get("at-once");
    channel.unsubscribe(subscribers);
    await redis.get("at-once");
    expect(started).toEqual(["get"]);
  });

  it("gives numbers as text where they are asked for so", async () => {
    const client = create({ stringNumbers: true });
    expect(await client.incr("at-once")).toBe("1");
    client.disconnect();
  });
}

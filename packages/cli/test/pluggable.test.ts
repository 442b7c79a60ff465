import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { componentYaml } from "@mecha/conformance";
import { type DaprdEngine, startDaprd } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import type { Redis as RedisClient } from "@mecha/ioredis-5";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type RunningMecha, startMecha } from "./mecha-run.js";
import { createRunFolder, type RunFolder } from "./run-folder.js";

const startMs = 120_000;

const adapters = `apiVersion: mecha/v1alpha1
kind: Adapters
metadata: { name: cache }
spec:
  cache:
    - { match: { host: messages }, native: redis, pubsub: events }
    - { native: redis }
`;

describeWith(["daprd", "redis"], "mecha pluggable, an app on ioredis and daprd", (on) => {
  const prefix = `${randomUUID()}:`;
  let folder: RunFolder;
  let sockets: string;
  let binding: RunningMecha;
  let daprd: DaprdEngine;
  let Redis: typeof RedisClient;
  const clients: RedisClient[] = [];

  const serve = async (): Promise<RunningMecha> => {
    const running = startMecha(["pluggable", "--socket-folder", sockets], { cwd: folder.path });
    await running.said("bindings.mecha-redis");
    return running;
  };
  const open = (host = "cache"): RedisClient => {
    const client = new Redis({ host, keyPrefix: prefix, retryStrategy: () => 100, maxRetriesPerRequest: null });
    // The outage below is told as an error as well.
    client.on("error", () => undefined);
    clients.push(client);
    return client;
  };

  beforeAll(async () => {
    folder = await createRunFolder(
      {
        "redis.yaml": componentYaml("redis", "bindings.mecha-redis", { redisHost: on.redis.address, redisDB: "1" }),
        "events.yaml": componentYaml("events", "pubsub.in-memory"),
      },
      { "adapters.yaml": adapters },
    );
    sockets = join(folder.path, "sockets");
    await mkdir(sockets);
    binding = await serve();
    daprd = await startDaprd({
      appId: "cached",
      resourcesFolders: [folder.components],
      componentsSocketsFolder: sockets,
    });
    process.env["DAPR_GRPC_PORT"] = String(daprd.grpcPort);
    process.env["MECHA_ADAPTERS"] = join(folder.path, "adapters.yaml");
    ({ Redis } = await import("@mecha/ioredis-5"));
  }, startMs);

  afterAll(async () => {
    for (const client of clients) client.disconnect();
    await daprd.stop();
    await binding.stop();
    await folder.remove();
  }, startMs);

  it("answers with Redis's own replies, bytes as they are", async () => {
    const redis = open();
    const bytes = Buffer.from([0, 255, 13, 10, 128]);
    expect(await redis.set("b", bytes, "EX", 100)).toBe("OK");
    expect(await redis.getBuffer("b")).toEqual(bytes);
    expect(await redis.get("absent")).toBeNull();
    expect(await redis.hset("h", { a: 1, b: 2 })).toBe(2);
    expect(await redis.hgetall("h")).toEqual({ a: "1", b: "2" });
    await expect(redis.incr("h")).rejects.toThrow("WRONGTYPE");
    await expect(redis.call("nonsense")).rejects.toThrow(/unknown command/u);
    const piped = await redis.pipeline().incr("n").incr("n").lpush("b", "x").get("n").exec();
    expect(piped?.map(([error, reply]) => error?.message.split(" ", 1)[0] ?? reply)).toEqual([1, 2, "WRONGTYPE", "2"]);
    expect(await redis.eval("return redis.call('GET', KEYS[1])", 1, "n")).toBe("2");
  });

  it("executes transactions as a whole, and none whose watched keys were changed meanwhile", async () => {
    const [redis, other] = [open(), open()];
    const replies = await redis.multi().set("t", "1").incr("t").lpush("t", "x").exec();
    expect(replies?.map(([error, reply]) => error?.message.split(" ", 1)[0] ?? reply)).toEqual(["OK", 2, "WRONGTYPE"]);
    await redis.watch("t", "absent");
    await other.set("t", "5");
    expect(await redis.multi().set("t", "9").exec()).toBeNull();
    expect(await redis.get("t")).toBe("5");
    await redis.watch("t", "absent");
    expect(await redis.multi().set("t", "9").exec()).toEqual([[null, "OK"]]);
    await redis.watch("t");
    await other.expire("t", 100);
    expect(await redis.multi().set("t", "10").exec()).toBeNull();
    await expect(redis.multi().call("nonsense").exec()).rejects.toThrow("EXECABORT");
  });

  it("lets pops and reads of streams wait, and wakes them by what others add", async () => {
    const [redis, reader, other] = [open(), open(), open()];
    expect(await redis.blpop("queue", 0.1)).toBeNull();
    const popped = redis.blpop("queue", "queue2", 0);
    const read = reader.xread("BLOCK", 0, "STREAMS", "stream", "$");
    await other.rpush("queue2", "job");
    expect(await popped).toEqual([`${prefix}queue2`, "job"]);
    const timer = setInterval(() => void other.xadd("stream", "*", "f", "v"), 200);
    const [[, entries] = []] = (await read) ?? [];
    clearInterval(timer);
    expect(entries?.[0]?.[1]).toEqual(["f", "v"]);
  });

  it("carries messages through a pub/sub component, and says which setting is missing where none is named", async () => {
    const [subscriber, publisher] = [open("messages"), open("messages")];
    await expect(open().subscribe("news")).rejects.toThrow(
      /SUBSCRIBE is not supported by Mecha on bindings\.mecha-redis/u,
    );
    const heard = new Promise<string[]>((resolve) => {
      subscriber.on("pmessage", (...words: string[]) => resolve(words));
    });
    await subscriber.psubscribe("ne*");
    await publisher.publish("news", "hello");
    expect(await heard).toEqual(["ne*", "news", "hello"]);
  });

  it("keeps from the server what concerns everybody", async () => {
    const redis = open();
    await expect(redis.flushall()).rejects.toThrow(
      /FLUSHALL is not supported by Mecha on bindings\.redis: .*\+flushall/u,
    );
    expect(await redis.pipeline().set("f", "1").config("SET", "maxmemory", "1").get("f").exec()).toMatchObject([
      [null, "OK"],
      [{ message: expect.stringContaining("+config|set") }],
      [null, "1"],
    ]);
  });

  it(
    "goes on when the process of the binding was killed and another took its place",
    async () => {
      const redis = open();
      await redis.set("kept", "1");
      binding.signal("SIGKILL");
      await binding.ended;
      binding = await serve();
      expect(await redis.get("kept")).toBe("1");
      const other = open();
      expect(await other.incr("kept")).toBe(2);
    },
    startMs,
  );
});

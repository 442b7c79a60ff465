import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { stateStoreSuite } from "@mecha/conformance";
import { type RedisEngine, startRedis } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import type { StateStore } from "@mecha/spec";
import { Redis } from "ioredis-upstream";
import * as test from "vitest";
import { testContext } from "../../test/test-context.js";
import { component } from "./redis.js";

const { afterAll, afterEach, beforeAll, describe, expect, it } = test;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function open(metadata: Record<string, string>): Promise<StateStore> {
  const store = await component.create(testContext("state.redis", metadata));
  cleanups.push(() => store.close?.());
  return store;
}

function text(value: string): Uint8Array {
  return Buffer.from(value);
}

describeWith("redis", "state.redis", (on) => {
  stateStoreSuite(test, () => component.create(testContext("state.redis", { redisHost: on.redis.address })), {
    features: ["ETAG", "TRANSACTIONAL", "TTL"],
    malformedEtag: "not-a-number",
    foreignEtag: "987654321",
    etagsNeverRepeat: false,
    nativeProtocol: "resp",
  });

  describe("daprd's bytes", () => {
    let redis: Redis;
    beforeAll(() => {
      redis = new Redis(on.redis.port, on.redis.host);
    });
    afterAll(() => redis.quit());

    it("leaves a hash of data and version, first-write marked, and Redis's own expiry", async () => {
      const store = await open({ redisHost: on.redis.address });
      await store.write([{ type: "set", key: "bytes||plain", value: text('{"a":1}') }], { atomic: false });
      expect(await redis.hgetall("bytes||plain")).toEqual({ data: '{"a":1}', version: "1" });
      await store.write([{ type: "set", key: "bytes||first", value: text("x"), firstWrite: true, ttlSeconds: 50 }], {
        atomic: true,
      });
      expect(await redis.hgetall("bytes||first")).toEqual({ data: "x", version: "1", "first-write": "0" });
      expect(await redis.ttl("bytes||first")).toBeGreaterThan(48);
      await redis.del("bytes||plain", "bytes||first");
    });

    it("reads what daprd left, and plain strings without an ETag", async () => {
      const store = await open({ redisHost: on.redis.address });
      await redis.hset("bytes||daprd", { data: "41", version: "7" });
      await redis.set("bytes||string", "plain");
      const [hash, string] = await store.get(["bytes||daprd", "bytes||string"]);
      expect(hash).toEqual({ value: Buffer.from("41"), etag: "7" });
      expect(string).toEqual({ value: Buffer.from("plain"), etag: "" });
      await store.write([{ type: "set", key: "bytes||daprd", value: text("42"), etag: "7" }], { atomic: true });
      await store.write([{ type: "set", key: "bytes||string", value: text("state") }], { atomic: true });
      expect(await redis.hgetall("bytes||daprd")).toEqual({ data: "42", version: "8" });
      expect(await redis.hgetall("bytes||string")).toEqual({ data: "state", version: "1" });
      await redis.del("bytes||daprd", "bytes||string");
    });

    it("refuses a hash or another type that is no state, by its key", async () => {
      const store = await open({ redisHost: on.redis.address });
      await redis.hset("bytes||foreign", { field: "1" });
      await redis.rpush("bytes||list", "1");
      for (const key of ["bytes||foreign", "bytes||list"]) {
        await expect(store.get([key])).rejects.toMatchObject({ code: "FAILED_PRECONDITION", component: "under-test" });
      }
      await redis.del("bytes||foreign", "bytes||list");
    });

    it("applies the component's ttlInSeconds where a write has none, and -1 in the request wins", async () => {
      const store = await open({ redisHost: on.redis.address, ttlInSeconds: "100" });
      const set = { type: "set", value: text("x") } as const;
      await store.write(
        [
          { ...set, key: "ttl||default" },
          { ...set, key: "ttl||own", ttlSeconds: 1_000 },
          { ...set, key: "ttl||never", metadata: { ttlInSeconds: "-1" } },
        ],
        { atomic: false },
      );
      expect(await redis.ttl("ttl||default")).toBeGreaterThan(90);
      expect(await redis.ttl("ttl||own")).toBeGreaterThan(900);
      expect(await redis.ttl("ttl||never")).toBe(-1);
      await redis.del("ttl||default", "ttl||own", "ttl||never");
    });

    it("uses the database of redisDB", async () => {
      const store = await open({ redisHost: on.redis.address, redisDB: "3" });
      expect(store.backend).toBe(`redis://${on.redis.address}/3`);
      await store.write([{ type: "set", key: "db||key", value: text("x") }], { atomic: false });
      const third = redis.duplicate({ db: 3 });
      expect(await third.exists("db||key")).toBe(1);
      expect(await redis.exists("db||key")).toBe(0);
      await third.del("db||key");
      await third.quit();
    });

    it("goes on after Redis forgot its scripts", async () => {
      const store = await open({ redisHost: on.redis.address });
      await redis.script("FLUSH");
      await store.write([{ type: "set", key: "scripts||key", value: text("x") }], { atomic: true });
      expect(await redis.hget("scripts||key", "data")).toBe("x");
      await redis.del("scripts||key");
    });
  });

  it("hands out a raw session that speaks RESP in the chosen database", async () => {
    const store = await open({ redisHost: on.redis.address });
    const session = await store.openSession?.({ database: 5 });
    if (session === undefined) throw new Error("no session");
    cleanups.push(() => session.stream.destroy());
    expect(session.protocol).toBe("resp");
    session.stream.write("CLIENT INFO\r\n");
    const [reply] = (await once(session.stream, "data")) as [Buffer];
    expect(reply.toString()).toContain(" db=5 ");
  });

  it("refuses a session in a database that does not exist", async () => {
    const store = await open({ redisHost: on.redis.address });
    await expect(store.openSession?.({ database: 9_999 })).rejects.toMatchObject({
      code: "INTERNAL",
      message: expect.stringContaining("out of range") as string,
    });
  });
});

describeWith("redis", "state.redis with credentials", () => {
  let server: RedisEngine;
  beforeAll(async () => {
    server = await startRedis();
    const admin = new Redis(server.port, server.host);
    await admin.call("ACL", "SETUSER", "app", "on", ">s3cret", "~*", "+@all");
    await admin.call("CONFIG", "SET", "requirepass", "pass");
    await admin.quit();
  });
  afterAll(() => server.stop());

  it.each([{ redisPassword: "pass" }, { redisUsername: "app", redisPassword: "s3cret" }])(
    "serves and opens sessions with %j",
    async (credentials) => {
      const store = await open({ redisHost: server.address, ...credentials });
      await store.ping?.();
      const session = await store.openSession?.();
      session?.stream.write("PING\r\n");
      expect(String(((await once(session?.stream ?? process, "data")) as [Buffer])[0])).toBe("+PONG\r\n");
      session?.stream.destroy();
      expect(store.backend).not.toContain(credentials.redisPassword);
    },
  );

  it.each([{}, { redisPassword: "wrong-word" }, { redisUsername: "nobody", redisPassword: "wrong-word" }])(
    "is refused as unauthenticated with %j, and never tells the password",
    async (credentials) => {
      const failure = open({ redisHost: server.address, ...credentials });
      await expect(failure).rejects.toMatchObject({ code: "UNAUTHENTICATED", component: "under-test" });
      // ioredis leaves the command and its arguments on its errors, and loggers print all that an error has.
      const everything = inspect(await failure.catch((error: unknown) => error), { depth: 20, showHidden: true });
      expect(everything).toContain("MechaError");
      expect(everything).not.toContain("wrong-word");
    },
  );

  it("tells neither the password in an address nor what a refused command was to store", async () => {
    const misplaced = open({ redisHost: `redis://:wrong-word@${server.address}` });
    await expect(misplaced).rejects.toMatchObject({ code: "CONFIGURATION_INVALID" });
    await expect(misplaced).rejects.not.toThrow("wrong-word");

    const admin = new Redis(server.port, server.host, { password: "pass" });
    cleanups.push(() => admin.disconnect());
    await admin.call("ACL", "SETUSER", "reader", "on", ">s3cret", "~*", "+@all", "-hset");
    const store = await open({ redisHost: server.address, redisUsername: "reader", redisPassword: "s3cret" });
    const value = text("card number 4711");
    const failure = await store
      .write([{ type: "set", key: "key", value }], { atomic: true })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ component: "under-test" });
    expect(inspect(failure, { depth: 20, showHidden: true })).not.toMatch(/4711|s3cret|34 37 31 31/);
  });
});

describeWith("redis", "state.redis whose server goes and comes", () => {
  it("fails calls quickly while Redis is gone, and serves again by itself", async () => {
    let server = await startRedis();
    cleanups.push(() => server.stop());
    const store = await open({ redisHost: server.address });
    await store.ping?.();
    await server.stop({ hard: true });
    const started = Date.now();
    const calls = [
      store.get(["key"]),
      store.write([{ type: "set", key: "key", value: text("x") }], { atomic: true }),
      store.openSession?.() ?? Promise.resolve(),
    ];
    for (const result of await Promise.allSettled(calls)) {
      expect(result).toMatchObject({ status: "rejected", reason: { code: "UNAVAILABLE", component: "under-test" } });
    }
    expect(Date.now() - started).toBeLessThan(4_500);
    server = await startRedis({ port: server.port });
    await expect.poll(() => store.ping?.().then(() => "up"), { timeout: 5_000 }).toBe("up");
  });

  it("rejects a write under way when the connection breaks, and does not repeat it", async () => {
    const server = await startRedis();
    cleanups.push(() => server.stop());
    const admin = new Redis(server.port, server.host);
    cleanups.push(() => admin.disconnect());
    const store = await open({ redisHost: server.address });
    await admin.call("CLIENT", "PAUSE", "60000", "WRITE");
    const write = store.write([{ type: "set", key: "key", value: text("x") }], { atomic: true });
    const rejection = expect(write).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await expect.poll(async () => String(await admin.call("CLIENT", "LIST"))).toContain("cmd=evalsha");
    await admin.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    await rejection;
    await admin.call("CLIENT", "UNPAUSE");
    expect(await store.get(["key"])).toEqual([undefined]);
  });

  it("gives up a call whose signal fires", async () => {
    const server = await startRedis();
    cleanups.push(() => server.stop());
    const admin = new Redis(server.port, server.host);
    cleanups.push(() => admin.disconnect());
    const store = await open({ redisHost: server.address });
    await admin.call("CLIENT", "PAUSE", "60000", "ALL");
    const controller = new AbortController();
    const read = store.get(["key"], { signal: controller.signal });
    controller.abort();
    await expect(read).rejects.toMatchObject({ code: "CANCELLED" });
  });
});

describe("state.redis without a Redis", () => {
  it("says which component cannot reach which server, at once where nobody listens", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    await expect(open({ redisHost: `127.0.0.1:${String(port)}`, redisPassword: "hidden" })).rejects.toMatchObject({
      code: "UNAVAILABLE",
      component: "under-test",
      message: expect.stringMatching(
        new RegExp(`"under-test".*127\\.0\\.0\\.1:${String(port)}.*ECONNREFUSED`),
      ) as string,
    });
  });

  it("gives up on a server that accepts and says nothing", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    cleanups.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const started = Date.now();
    await expect(open({ redisHost: `127.0.0.1:${String(port)}`, dialTimeout: "300ms" })).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
    expect(Date.now() - started).toBeLessThan(3_000);
  });
});

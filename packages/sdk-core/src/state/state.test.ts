import { MechaError } from "@mecha/spec";
import { describe, expect, it } from "vitest";
import { componentYaml, mechaOver, testRuntime, ways } from "../../test/mecha-fixture.js";
import { mechaAnswering } from "../../test/state-server.js";

describe.each(ways)("a state store, %s", (way) => {
  const open = async <T = unknown>(codec?: "json" | "text" | "bytes") => {
    const mecha = await mechaOver(await testRuntime([componentYaml("orders", "state.in-memory")]), way);
    return mecha.state<T>("orders", codec === undefined ? {} : { codec });
  };

  it("gives back what was saved, and nothing for what is absent", async () => {
    const orders = await open<{ paid: boolean }>();
    expect(await orders.get("1")).toBeUndefined();
    await orders.save("1", { paid: true });
    const found = await orders.get("1");
    expect(found?.value).toEqual({ paid: true });
    expect(found?.etag).not.toBe("");
    await orders.delete("1");
    await orders.delete("1");
    expect(await orders.get("1")).toBeUndefined();
  });

  it("writes under a condition: an ETag, or that there is nothing yet", async () => {
    const orders = await open<number>();
    await orders.save("1", 1, { concurrency: "first-write" });
    await expect(orders.save("1", 2, { concurrency: "first-write" })).rejects.toMatchObject({ code: "ETAG_MISMATCH" });
    const etag = (await orders.get("1"))!.etag;
    await orders.save("1", 3, { etag });
    await expect(orders.save("1", 4, { etag })).rejects.toMatchObject({ code: "ETAG_MISMATCH" });
    await expect(orders.delete("1", { etag })).rejects.toMatchObject({ code: "ETAG_MISMATCH" });
    expect((await orders.get("1"))?.value).toBe(3);
    await orders.delete("1", { etag: (await orders.get("1"))!.etag });
    expect(await orders.get("1")).toBeUndefined();
  });

  it("reads and writes many keys in one call", async () => {
    const orders = await open<number>();
    await orders.saveMany([
      { key: "a", value: 1 },
      { key: "b", value: 2 },
    ]);
    const found = await orders.getMany(["a", "b", "c"]);
    expect([...found].map(([key, { value }]) => [key, value]).sort()).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
    expect(await orders.getMany([])).toEqual(new Map());
    await orders.saveMany([]);
  });

  it("applies the operations of a transaction in their order", async () => {
    const orders = await open<number>();
    await orders.transaction([
      { upsert: "a", value: 1 },
      { delete: "a" },
      { upsert: "a", value: 2 },
      { upsert: "b", value: 1 },
      { delete: "b" },
    ]);
    await orders.transaction([]);
    expect([(await orders.get("a"))?.value, await orders.get("b")]).toEqual([2, undefined]);
  });

  it("applies a transaction wholly or not at all", async () => {
    const orders = await open<number>();
    await orders.save("a", 1);
    await orders.transaction([{ upsert: "b", value: 2 }, { delete: "a" }]);
    expect([...(await orders.getMany(["a", "b"])).keys()]).toEqual(["b"]);
    const { etag } = (await orders.get("b"))!;
    await orders.save("b", 2);
    const failing = orders.transaction([
      { upsert: "c", value: 3 },
      { upsert: "b", value: 4, etag },
    ]);
    await expect(failing).rejects.toMatchObject({ name: "MechaError", code: "ETAG_MISMATCH" });
    expect((await orders.getMany(["b", "c"])).get("b")?.value).toBe(2);
    expect((await orders.getMany(["c"])).size).toBe(0);
  });

  it("says until when a value lives, and forgets it then", async () => {
    const orders = await open<number>();
    await orders.save("a", 1, { ttlSeconds: 1 });
    expect(Date.parse((await orders.get("a"))?.metadata["ttlExpireTime"] ?? "")).toBeGreaterThan(Date.now() - 2_000);
    await expect.poll(() => orders.get("a"), { timeout: 5_000 }).toBeUndefined();
  });

  it("takes texts and bytes as they are", async () => {
    const texts = await open<string>("text");
    await texts.save("a", "plain");
    expect((await texts.get("a"))?.value).toBe("plain");
    const bytes = await open<Uint8Array>("bytes");
    await bytes.save("a", Uint8Array.of(0, 255));
    expect([...(await bytes.get("a"))!.value]).toEqual([0, 255]);
  });

  it("names key and store of a value that does not fit its codec", async () => {
    const orders = await open();
    const circle: { self?: unknown } = {};
    circle.self = circle;
    for (const value of [undefined, () => 1, 1n, circle]) {
      await expect(orders.save("k1", value)).rejects.toMatchObject({
        code: "INVALID_ARGUMENT",
        message: expect.stringContaining('The value of key "k1" in state store "orders"') as unknown,
      });
    }
    await orders.save("k1", Buffer.from("no json"));
    await expect(orders.get("k1")).rejects.toMatchObject({
      code: "DATA_LOSS",
      message: 'The value of key "k1" in state store "orders" is no JSON; take it as text or bytes',
    });
    await expect((await open<string>("text")).save("k", 1 as unknown as string)).rejects.toThrow("pass a string");
  });

  it("writes and reads every kind of JSON value, and bytes, also empty ones", async () => {
    const store = await open();
    const values = ["text", "", 0, -1.5, true, false, null, [], [1, "a", null], {}, { deep: { er: ["ü", "\u0000"] } }];
    for (const [index, value] of values.entries()) await store.save(`v${String(index)}`, value);
    const found = await store.getMany(values.map((_, index) => `v${String(index)}`));
    expect(values.map((_, index) => found.get(`v${String(index)}`)?.value)).toEqual(values);
    await store.save("raw", Uint8Array.of(34, 120, 34));
    expect((await store.get("raw"))?.value).toBe("x");
    const bytes = await open<Uint8Array>("bytes");
    await bytes.save("empty", new Uint8Array());
    expect(await bytes.get("empty")).toMatchObject({ value: Buffer.alloc(0) });
    const texts = await open<string>("text");
    await texts.transaction([{ upsert: "empty", value: "" }]);
    expect((await texts.get("empty"))?.value).toBe("");
  });

  it("says when a value is gone, and that one is not", async () => {
    const orders = await open<number>();
    await orders.saveMany([
      { key: "a", value: 1, ttlSeconds: 3_600 },
      { key: "b", value: 2, ttlSeconds: -1 },
    ]);
    const found = await orders.getMany(["a", "b"]);
    expect(found.get("a")?.expiresAt?.getTime()).toBeGreaterThan(Date.now() + 3_500_000);
    expect(found.get("b")?.expiresAt).toBeUndefined();
    await orders.save("a", 1, { ttlSeconds: -1 });
    expect((await orders.get("a"))?.expiresAt).toBeUndefined();
    await orders.transaction([{ upsert: "b", value: 3, ttlSeconds: 60 }]);
    expect((await orders.get("b"))?.expiresAt).toBeInstanceOf(Date);
  });

  it("refuses a time to live that is none, before anything is sent", async () => {
    const orders = await open<number>();
    for (const ttlSeconds of [0, -2, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31]) {
      const refused = { code: "INVALID_ARGUMENT", component: "orders", metadata: { key: "a" } };
      await expect(orders.save("a", 1, { ttlSeconds })).rejects.toMatchObject(refused);
      await expect(orders.saveMany([{ key: "a", value: 1, ttlSeconds }])).rejects.toMatchObject(refused);
      await expect(orders.transaction([{ upsert: "a", value: 1, ttlSeconds }])).rejects.toMatchObject(refused);
    }
    expect(await orders.get("a")).toBeUndefined();
  });

  it("refuses keys that no runtime takes, in every call", async () => {
    const orders = await open<number>();
    for (const key of ["", "a||b"]) {
      for (const call of [
        () => orders.get(key),
        () => orders.getMany(["fine", key]),
        () => orders.save(key, 1),
        () => orders.saveMany([{ key, value: 1 }]),
        () => orders.delete(key),
        () => orders.deleteMany([key]),
        () => orders.transaction([{ upsert: key, value: 1 }]),
        () => orders.transaction([{ delete: key }]),
      ]) {
        await expect(call()).rejects.toMatchObject({
          code: "INVALID_ARGUMENT",
          reason: "DAPR_STATE_ILLEGAL_KEY",
          component: "orders",
        });
      }
    }
  });

  it("refuses what contradicts itself: a key that is written twice in bulk, an ETag with last-write", async () => {
    const orders = await open<number>();
    const twice = [
      { key: "a", value: 1 },
      { key: "a", value: 2 },
    ];
    await expect(orders.saveMany(twice)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(orders.deleteMany(["a", "a"])).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    const options = { etag: "1", concurrency: "last-write" as const };
    await expect(orders.save("a", 1, options)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    const absent = { concurrency: "first-write" as const };
    for (const call of [
      () => orders.delete("a", absent),
      () => orders.deleteMany([{ key: "a", ...absent }]),
      () => orders.transaction([{ delete: "a", ...absent }]),
    ]) {
      await expect(call()).rejects.toMatchObject({
        code: "INVALID_ARGUMENT",
        message: expect.stringMatching(/ETag/) as unknown,
      });
    }
    await expect(orders.getMany(["a"], { parallelism: -1 })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  it("removes many keys in one call, some under a condition", async () => {
    const orders = await open<number>();
    await orders.saveMany(["a", "b", "c"].map((key, value) => ({ key, value })));
    const { etag } = (await orders.get("b"))!;
    await orders.deleteMany(["a", { key: "b", etag }, "absent"]);
    await orders.deleteMany([]);
    expect([...(await orders.getMany(["a", "b", "c"])).keys()]).toEqual(["c"]);
  });

  it("keeps metadata for the component out of the call's own", async () => {
    const orders = await open<number>();
    // A header could not carry this value.
    await orders.save("a", 1, { metadata: { "no header": "grün\n" } });
    await orders.delete("a", { metadata: { "no header": "grün\n" } });
  });

  it("ends by signal and deadline", async () => {
    const orders = await open<number>();
    await expect(orders.get("a", { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "CANCELLED" });
    await expect(orders.save("a", 1, { deadline: Date.now() - 1 })).rejects.toMatchObject({
      code: "DEADLINE_EXCEEDED",
    });
  });

  it("says which store is missing", async () => {
    const mecha = await mechaOver(await testRuntime([componentYaml("orders", "state.in-memory")]), way);
    await expect(mecha.state("nowhere").get("a")).rejects.toMatchObject({
      name: "MechaError",
      message: expect.stringContaining("nowhere") as unknown,
    });
  });
});

describe("a state store over a runtime that answers oddly", () => {
  it("names the keys that could not be read in bulk, or gives them apart from the others", async () => {
    const items = [
      { key: "a", data: Buffer.from("1"), etag: "1", error: "", metadata: {} },
      { key: "b", data: Buffer.alloc(0), etag: "", error: "wrong type", metadata: {} },
      { key: "c", data: Buffer.alloc(0), etag: "", error: "timed out", metadata: {} },
    ];
    const store = (await mechaAnswering({ getBulkState: async () => ({ items }) })).state("orders");
    await expect(store.getMany(["a", "b", "c"])).rejects.toMatchObject({
      code: "INTERNAL",
      message: 'State store "orders" could not read "b": wrong type; "c": timed out',
      metadata: { key: "b", keys: '["b","c"]' },
    });
    const errors = new Map<string, string>();
    const onKeyError = (key: string, error: MechaError) => errors.set(key, error.message);
    expect([...(await store.getMany(["a", "b", "c"], { onKeyError })).keys()]).toEqual(["a"]);
    expect([...errors]).toEqual([
      ["b", 'State store "orders" could not read "b": wrong type'],
      ["c", 'State store "orders" could not read "c": timed out'],
    ]);
  });

  it("sends consistency, concurrency, parallelism and metadata with every call", async () => {
    const requests: unknown[] = [];
    const take =
      <T>(answer: T) =>
      async (request: unknown) => {
        requests.push(request);
        return answer;
      };
    const mecha = await mechaAnswering({
      getState: take({ data: Buffer.alloc(0), etag: "", metadata: {} }),
      getBulkState: take({ items: [] }),
      saveState: take({}),
      deleteState: take({}),
      deleteBulkState: take({}),
      executeStateTransaction: take({}),
    });
    const store = mecha.state("orders");
    const metadata = { partitionKey: "p" };
    await store.get("a", { consistency: "strong", metadata });
    await store.getMany(["a", "a"], { parallelism: 7, metadata });
    await store.save("a", 1, { consistency: "eventual", concurrency: "last-write", metadata, ttlSeconds: 5 });
    await store.saveMany([{ key: "a", value: 1, concurrency: "first-write", metadata }]);
    await store.delete("a", { etag: "x", consistency: "strong", metadata });
    await store.deleteMany([{ key: "a", consistency: "strong", metadata }]);
    await store.transaction([{ upsert: "a", value: 1, etag: "x", metadata }], { metadata });
    expect(metadata).toEqual({ partitionKey: "p" });
    const [first, last, none, eventual, strong] = [1, 2, 0, 1, 2];
    expect(requests).toMatchObject([
      { key: "a", consistency: strong, metadata },
      { keys: ["a"], parallelism: 7, metadata },
      {
        states: [
          {
            key: "a",
            options: { consistency: eventual, concurrency: last },
            metadata: { ...metadata, ttlInSeconds: "5" },
          },
        ],
      },
      { states: [{ key: "a", options: { consistency: none, concurrency: first }, metadata }] },
      { key: "a", etag: { value: "x" }, options: { consistency: strong, concurrency: first }, metadata },
      { states: [{ key: "a", options: { consistency: strong, concurrency: none }, metadata }] },
      {
        operations: [{ operationType: "upsert", request: { key: "a", etag: { value: "x" }, metadata } }],
        metadata,
      },
    ]);
  });

  it("rejects a save that the runtime refuses, and never resolves with an error", async () => {
    const refused = async (): Promise<never> => {
      throw new MechaError("INTERNAL", "failed saving state in state store orders: no space", {
        reason: "ERR_STATE_SAVE",
      });
    };
    const store = (await mechaAnswering({ saveState: refused })).state("orders");
    await expect(store.save("a", 1)).rejects.toMatchObject({
      name: "MechaError",
      code: "INTERNAL",
      reason: "ERR_STATE_SAVE",
      message: expect.stringContaining("no space") as unknown,
    });
  });
});

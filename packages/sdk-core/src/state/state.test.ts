import { describe, expect, it } from "vitest";
import { componentYaml, mechaOver, testRuntime, ways } from "../../test/mecha-fixture.js";

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

  it("applies a transaction wholly or not at all", async () => {
    const orders = await open<number>();
    await orders.save("a", 1);
    await orders.transaction([{ upsert: "b", value: 2 }, { delete: "a" }]);
    expect([...(await orders.getMany(["a", "b"])).keys()]).toEqual(["b"]);
    const failing = orders.transaction([
      { upsert: "c", value: 3 },
      { upsert: "b", value: 4, etag: "no such" },
    ]);
    await expect(failing).rejects.toMatchObject({ name: "MechaError" });
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

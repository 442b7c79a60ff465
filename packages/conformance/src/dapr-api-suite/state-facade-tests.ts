import type { Mecha } from "@mecha/sdk-core";
import type { DaprApiComponents, DaprApiSupports } from "./endpoint.js";
import { failureOf, uniqueName, type DaprApiFixture, type DeclareTest } from "./fixture.js";
import { stateQueryTests } from "./state-query-tests.js";

type Expect = DaprApiFixture["test"]["expect"];

/** What a store promises to the facade. */
type StateSupports = Pick<DaprApiSupports, "transactions" | "ttl" | "query" | "mecha">;

/** State through its facade: the same promises on every store and runtime. */
export function stateFacadeTests({ test, supports, block }: DaprApiFixture): void {
  const { expect } = test;
  block("state", (it) => {
    storeTests(expect, it, supports);
    if (supports.query === true) stateQueryTests(test, it);
  });
  block("redisState", (it) => {
    // daprd's state.redis has neither expiry times nor transactions with conditions.
    storeTests(expect, it, {});
  });
}

function storeTests(expect: Expect, it: DeclareTest, supports: StateSupports): void {
  valueTests(expect, it);
  conditionTests(expect, it);
  ttlTests(expect, it, supports.ttl === true);
  transactionTests(expect, it, supports.transactions !== undefined);
  featureTests(expect, it, supports.query === true);
}

const jsonValues = [
  "text",
  "",
  0,
  -1.5,
  9_007_199_254_740_991,
  true,
  false,
  null,
  [],
  [1, "a", null],
  {},
  { deep: { er: ["ü", "\u0000", "<&>"] } },
];

function valueTests(expect: Expect, it: DeclareTest): void {
  it("keeps every kind of JSON value, read one by one and in bulk", async (store, { mecha }) => {
    const state = mecha.state(store);
    const keys = jsonValues.map(() => uniqueName("json"));
    await state.saveMany(keys.map((key, index) => ({ key, value: jsonValues[index] })));
    const found = await state.getMany([...keys, uniqueName("absent")], { parallelism: 2 });
    expect(found.size).toBe(keys.length);
    for (const [index, key] of keys.entries()) {
      expect(found.get(key)?.value).toEqual(jsonValues[index]);
      expect((await state.get(key))?.value).toEqual(jsonValues[index]);
    }
    await state.deleteMany(keys);
    expect((await state.getMany(keys)).size).toBe(0);
  });

  it("keeps bytes and texts as they are, empty and large ones too", async (store, { mecha }) => {
    const [key, empty, text] = [uniqueName("bytes"), uniqueName("empty"), uniqueName("text")];
    const bytes = mecha.state<Uint8Array>(store, { codec: "bytes" });
    const large = new Uint8Array(1024 * 1024).map((_, index) => index % 256);
    await bytes.save(key, large);
    await bytes.save(empty, new Uint8Array());
    expect(Buffer.compare((await bytes.get(key))?.value ?? Buffer.alloc(0), large)).toBe(0);
    expect((await bytes.get(empty))?.value.length).toBe(0);
    expect((await bytes.get(empty))?.etag).not.toBe("");
    const texts = mecha.state<string>(store, { codec: "text" });
    await texts.save(text, "plain, not JSON");
    expect((await texts.get(text))?.value).toBe("plain, not JSON");
    await bytes.deleteMany([key, empty, text]);
    expect(await bytes.get(key)).toBeUndefined();
  });

  it("gives the ETag of a value with every read, single and bulk (js-sdk 540, 551)", async (store, { mecha }) => {
    const key = uniqueName("key");
    const state = mecha.state<number>(store);
    await state.save(key, 1);
    const single = await state.get(key, { consistency: "strong" });
    expect(single?.etag).not.toBe("");
    expect((await state.getMany([key])).get(key)?.etag).toBe(single?.etag);
    await state.save(key, 2, { consistency: "strong", concurrency: "last-write" });
    expect((await state.get(key, { consistency: "eventual" }))?.etag).not.toBe(single?.etag);
    await state.delete(key, { consistency: "strong" });
    expect(await state.get(key)).toBeUndefined();
  });

  it("rejects what fails, and never resolves with an error (js-sdk 481, 567)", async (_, { mecha }) => {
    const nowhere = mecha.state<number>(uniqueName("no-store"));
    for (const call of [
      () => nowhere.get("k"),
      () => nowhere.getMany(["k"]),
      () => nowhere.save("k", 1),
      () => nowhere.saveMany([{ key: "k", value: 1 }]),
      () => nowhere.delete("k"),
      () => nowhere.deleteMany(["k"]),
      () => nowhere.transaction([{ upsert: "k", value: 1 }]),
    ]) {
      const failure = await failureOf(call());
      expect([failure.code, failure.reason]).toEqual(["INVALID_ARGUMENT", "DAPR_STATE_NOT_FOUND"]);
    }
  });

  it("answers coalesced calls as it answers single ones", async (store, { mecha }) => {
    const keys = Array.from({ length: 20 }, () => uniqueName("coalesced"));
    const state = mecha.state<number>(store, { coalesce: true });
    await Promise.all(keys.map((key, index) => state.save(key, index)));
    await Promise.all(keys.map((key, index) => state.save(key, index + 1)));
    const found = await Promise.all([...keys, uniqueName("absent")].map((key) => state.get(key)));
    expect(found.map((entry) => entry?.value)).toEqual([...keys.map((_, index) => index + 1), undefined]);
    const single = await mecha.state(store).get(keys[0] ?? "");
    expect(found[0]).toEqual(single);
    await state.deleteMany(keys);
    expect((await state.getMany(keys)).size).toBe(0);
  });
}

function conditionTests(expect: Expect, it: DeclareTest): void {
  it("tells an ETag that is not the stored one from one that is none", async (store, { mecha }) => {
    const { state, key, stale } = await rewritten(mecha, store);
    for (const call of [
      () => state.save(key, 3, { etag: stale }),
      () => state.saveMany([{ key, value: 3, etag: stale }]),
      () => state.delete(key, { etag: stale }),
      () => state.deleteMany([{ key, etag: stale }]),
    ]) {
      expect((await failureOf(call())).code).toBe("ETAG_MISMATCH");
    }
    for (const etag of ["not an ETag", ""]) {
      expect((await failureOf(state.save(key, 3, { etag }))).code).toBe("ETAG_INVALID");
      expect((await failureOf(state.delete(key, { etag }))).code).toBe("ETAG_INVALID");
    }
    const current = await state.get(key);
    expect(current?.value).toBe(2);
    await state.save(key, 4, { etag: current?.etag ?? "" });
    await state.delete(key, { etag: (await state.get(key))?.etag ?? "" });
    expect(await state.get(key)).toBeUndefined();
  });

  it("creates only where there is nothing, whoever wrote what is there", async (store, { mecha }) => {
    const state = mecha.state<number>(store);
    for (const first of [{}, { concurrency: "first-write" as const }]) {
      const key = uniqueName("once");
      await state.save(key, 1, first);
      expect((await failureOf(state.save(key, 2, { concurrency: "first-write" }))).code).toBe("ETAG_MISMATCH");
      expect((await state.get(key))?.value).toBe(1);
      await state.save(key, 3);
      expect((await state.get(key))?.value).toBe(3);
      await state.delete(key);
    }
  });
}

function ttlTests(expect: Expect, it: DeclareTest, saysExpiry: boolean): void {
  it("refuses a time to live that is none", async (store, { mecha }) => {
    const key = uniqueName("ttl");
    const state = mecha.state<number>(store);
    expect((await failureOf(state.save(key, 1, { ttlSeconds: 1.5 }))).code).toBe("INVALID_ARGUMENT");
    const failure = await failureOf(state.save(key, 1, { metadata: { ttlInSeconds: "soon" } }));
    expect(failure.reason ?? "ERR_STATE_SAVE").toBe("ERR_STATE_SAVE");
    expect(await state.get(key)).toBeUndefined();
  });

  it("forgets values when their time is over, saved singly and in bulk, and keeps those with -1", async (store, {
    mecha,
  }) => {
    const [single, bulk, kept] = [uniqueName("single"), uniqueName("bulk"), uniqueName("kept")];
    const state = mecha.state<number>(store);
    await state.save(single, 1, { ttlSeconds: 1 });
    await state.saveMany([
      { key: bulk, value: 1, ttlSeconds: 1 },
      { key: kept, value: 1, ttlSeconds: 1 },
    ]);
    await state.save(kept, 2, { ttlSeconds: -1 });
    const left = async (): Promise<readonly string[]> => [...(await state.getMany([single, bulk, kept])).keys()];
    await expect.poll(left, { timeout: 10_000 }).toEqual([kept]);
    expect((await state.get(kept))?.expiresAt).toBeUndefined();
    await state.delete(kept);
  });

  if (!saysExpiry) return;
  it("says when a value will be gone, only if it will; -1 and omission clear it", async (store, { mecha }) => {
    const key = uniqueName("expires");
    const state = mecha.state<number>(store);
    for (const clear of [{}, { ttlSeconds: -1 }]) {
      await state.save(key, 1, { ttlSeconds: 100 });
      const { expiresAt, metadata } = (await state.get(key)) ?? {};
      const remainingMs = (expiresAt?.getTime() ?? 0) - Date.now();
      expect(remainingMs).toBeGreaterThan(90_000);
      expect(remainingMs).toBeLessThan(102_000);
      expect(Object.keys(metadata ?? {})).toEqual(["ttlExpireTime"]);
      expect((await state.getMany([key])).get(key)?.expiresAt).toEqual(expiresAt);
      await state.save(key, 2, clear);
      expect(await state.get(key)).toMatchObject({ value: 2, expiresAt: undefined, metadata: {} });
    }
  });
}

function transactionTests(expect: Expect, it: DeclareTest, atomic: boolean): void {
  it("writes values of every type in a transaction, in order (js-sdk takes strings only)", async (store, { mecha }) => {
    const [a, b, c] = [uniqueName("a"), uniqueName("b"), uniqueName("c")];
    const state = mecha.state(store);
    await state.save(b, "old");
    await state.transaction([
      { upsert: a, value: "first" },
      { delete: b },
      { upsert: a, value: { second: [2, null] } },
      { upsert: c, value: 3 },
      { delete: c },
      { upsert: c, value: false, ttlSeconds: 100 },
    ]);
    const found = await state.getMany([a, b, c]);
    expect([found.get(a)?.value, found.get(b), found.get(c)?.value]).toEqual([{ second: [2, null] }, undefined, false]);
    await state.transaction([{ delete: a }, { delete: c }]);
    expect((await state.getMany([a, c])).size).toBe(0);
  });

  it("applies nothing of a transaction in which one condition does not hold, or refuses it", async (store, {
    mecha,
  }) => {
    const { state, key, stale } = await rewritten(mecha, store);
    const other = uniqueName("other");
    const conditions = [
      { upsert: key, value: 3, etag: stale },
      { upsert: key, value: 3, concurrency: "first-write" as const },
      { delete: key, etag: stale },
    ];
    for (const condition of conditions) {
      const failure = await failureOf(state.transaction([{ upsert: other, value: 1 }, condition]));
      expect(failure.code).toBe(atomic ? "ETAG_MISMATCH" : "FAILED_PRECONDITION");
      expect(await state.get(other)).toBeUndefined();
    }
    expect((await state.get(key))?.value).toBe(2);
    const allowed = { allowPartial: true };
    const failure = await failureOf(state.transaction([{ delete: key, etag: stale }], allowed));
    expect(failure.code).toBe("ETAG_MISMATCH");
    const etag = (await state.get(key))?.etag ?? "";
    await state.transaction([{ delete: key, etag }], allowed);
    expect(await state.get(key)).toBeUndefined();
  });
}

function featureTests(expect: Expect, it: DeclareTest, hasQueries: boolean): void {
  it("advertises what the store has", async (store, { mecha }) => {
    const { components } = await mecha.metadata();
    const capabilities = components.find(({ name }) => name === store)?.capabilities ?? [];
    expect(capabilities).toEqual(expect.arrayContaining(["ETAG", "TRANSACTIONAL", "TTL"]));
    expect(capabilities.includes("QUERY_API")).toBe(hasQueries);
  });

  if (hasQueries) return;
  it("refuses queries of a store that has none", async (store, { mecha }) => {
    const failure = await failureOf(mecha.state(store).queryPage({ filter: { EQ: { paid: true } } }));
    // state.redis of daprd has queries if its Redis has the JSON module, and calls their absence a failure.
    expect(["UNIMPLEMENTED", "INTERNAL"]).toContain(failure.code);
    expect([undefined, "DAPR_STATE_QUERYING_NOT_SUPPORTED", "DAPR_STATE_QUERY_FAILED"]).toContain(failure.reason);
  });
}

/** A key that was written twice, with the ETag of the first value. */
async function rewritten(mecha: Mecha, store: NonNullable<DaprApiComponents["state"]>) {
  const state = mecha.state<number>(store);
  const key = uniqueName("rewritten");
  await state.save(key, 1);
  const stale = (await state.get(key))?.etag ?? "";
  await state.save(key, 2);
  return { state, key, stale };
}

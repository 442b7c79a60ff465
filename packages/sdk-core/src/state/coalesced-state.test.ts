import { MechaError } from "@mecha/spec";
import { describe, expect, it } from "vitest";
import { componentYaml, mechaOver, testRuntime, ways, type Way } from "../../test/mecha-fixture.js";
import { createMecha } from "../mecha.js";
import type { Transport } from "../transport/transport.js";
import type { StateOptions } from "./state-options.js";

/** A store that coalesces, over a real runtime, with the names of the RPCs that it makes. */
async function coalescing(way: Way, options: StateOptions = { coalesce: true }) {
  const { transport } = await mechaOver(await testRuntime([componentYaml("orders", "state.in-memory")]), way);
  const calls: string[] = [];
  let refuse: ((rpc: string) => boolean) | undefined;
  const watched: Transport = {
    ...transport,
    unary(method, request, call) {
      const rpc = method.path.slice(method.path.lastIndexOf("/") + 1);
      calls.push(rpc);
      if (refuse?.(rpc) === true) return Promise.reject(new MechaError("INTERNAL", `${rpc} is refused`));
      return transport.unary(method, request, call);
    },
  };
  const mecha = createMecha({ mode: "sidecar", transport: watched, close: () => Promise.resolve() }, "under-test");
  return {
    store: mecha.state<number>("orders", options),
    calls,
    refuseIf(condition: (rpc: string) => boolean) {
      refuse = condition;
    },
  };
}

describe.each(ways)("a store that coalesces, %s", (way) => {
  it("makes the gets of a tick one bulk read, each with its own answer", async () => {
    const { store, calls } = await coalescing(way);
    await store.saveMany([
      { key: "a", value: 1 },
      { key: "b", value: 2, ttlSeconds: 60 },
    ]);
    calls.length = 0;
    const [a, absent, b, again] = await Promise.all(["a", "none", "b", "a"].map((key) => store.get(key)));
    expect(calls).toEqual(["GetBulkState"]);
    expect([a?.value, absent, b?.value, again?.value]).toEqual([1, undefined, 2, 1]);
    expect(a?.etag).not.toBe("");
    expect(b?.expiresAt?.getTime()).toBeGreaterThan(Date.now());
    expect(a?.expiresAt).toBeUndefined();
  });

  it("makes a single get and a single save plain calls", async () => {
    const { store, calls } = await coalescing(way);
    await store.save("a", 1);
    expect((await store.get("a"))?.value).toBe(1);
    expect(calls).toEqual(["SaveState", "GetState"]);
  });

  it("gives each reader of one key bytes of its own", async () => {
    const { store } = await coalescing(way, { coalesce: true, codec: "bytes" });
    const bytes = store as unknown as { get(key: string): Promise<{ value: Uint8Array } | undefined> };
    await store.save("a", Uint8Array.of(1) as unknown as number);
    const [first, second] = await Promise.all([bytes.get("a"), bytes.get("a"), bytes.get("b")]);
    first?.value.fill(9);
    expect([...(second?.value ?? [])]).toEqual([1]);
  });

  it("does not mix metadata, and reads with a consistency by themselves", async () => {
    const { store, calls } = await coalescing(way);
    await Promise.all([
      store.get("a"),
      store.get("b"),
      store.get("c", { metadata: { partition: "1" } }),
      store.get("d", { metadata: { partition: "1" } }),
      store.get("e", { consistency: "strong" }),
    ]);
    expect(calls.sort()).toEqual(["GetBulkState", "GetBulkState", "GetState"]);
  });

  it("makes the saves of a tick one save, and keeps the order of those of one key", async () => {
    const { store, calls } = await coalescing(way);
    await Promise.all([1, 2, 3].flatMap((value) => [store.save("a", value), store.save(`b${String(value)}`, value)]));
    expect(calls).toEqual(["SaveState", "SaveState", "SaveState"]);
    expect((await store.get("a"))?.value).toBe(3);
    expect((await store.getMany(["b1", "b2", "b3"])).size).toBe(3);
  });

  it("lets other writes of a key wait for its saves", async () => {
    const { store } = await coalescing(way);
    await Promise.all([store.save("a", 1), store.delete("a"), store.save("b", 1), store.deleteMany(["b"])]);
    expect((await store.getMany(["a", "b"])).size).toBe(0);
    const created = [store.save("c", 1), store.save("c", 2, { concurrency: "first-write" })];
    expect((await Promise.allSettled(created)).map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    await Promise.all([store.save("d", 1), store.saveMany([{ key: "d", value: 2 }])]);
    await Promise.all([store.save("e", 1), store.transaction([{ upsert: "e", value: 2 }])]);
    expect([(await store.get("d"))?.value, (await store.get("e"))?.value]).toEqual([2, 2]);
  });

  it("sends a failed batch again singly, so that each caller has its own result and error", async () => {
    const { store, calls, refuseIf } = await coalescing(way);
    let first = true;
    refuseIf((rpc) => rpc === "GetBulkState" || (rpc === "SaveState" && first && !(first = false)));
    const bad = { metadata: { ttlInSeconds: "soon" } };
    const saves = await Promise.allSettled([store.save("a", 1), store.save("b", 2, bad), store.save("c", 3)]);
    expect(saves).toMatchObject([
      { status: "fulfilled" },
      { reason: { name: "MechaError", code: "INVALID_ARGUMENT" } },
      { status: "fulfilled" },
    ]);
    expect((await Promise.all(["a", "b", "c"].map((key) => store.get(key)))).map((found) => found?.value)).toEqual([
      1,
      undefined,
      3,
    ]);
    expect(calls.filter((rpc) => rpc === "SaveState")).toHaveLength(4);
    expect(calls.filter((rpc) => rpc === "GetState")).toHaveLength(3);
  });

  it("lets one caller go and answers the others", async () => {
    const { store } = await coalescing(way);
    await store.save("a", 1);
    const leaving = new AbortController();
    const calls = [store.get("a", { signal: leaving.signal }), store.get("a"), store.get("a", { timeoutMs: 60_000 })];
    leaving.abort();
    const results = await Promise.allSettled(calls);
    expect(results).toMatchObject([
      { reason: { code: "CANCELLED" } },
      { value: { value: 1 } },
      { value: { value: 1 } },
    ]);
  });

  it("refuses bad keys and values before anything is sent, each by itself", async () => {
    const { store, calls } = await coalescing(way);
    const outcomes = await Promise.allSettled([
      store.get(""),
      store.get("a||b"),
      store.save("", 1),
      store.save("a", 1, { ttlSeconds: 0.5 }),
      store.save("a", undefined as unknown as number),
    ]);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { code: "INVALID_ARGUMENT" } });
    expect(calls).toEqual([]);
  });

  it("asks for fewer values at once when they are large", async () => {
    const { store, calls } = await coalescing(way, { coalesce: true, codec: "bytes" });
    const keys = Array.from({ length: 8 }, (_, index) => `large-${String(index)}`);
    for (const key of keys) await store.save(key, Buffer.alloc(300_000) as unknown as number);
    await store.get(keys[0] ?? "");
    calls.length = 0;
    await Promise.all(keys.map((key) => store.get(key)));
    expect(calls).toEqual(["GetBulkState", "GetBulkState", "GetBulkState"]);
  });

  it("bounds what goes together", async () => {
    const { store, calls } = await coalescing(way, { coalesce: { maximumEntries: 2, maximumBytes: 150 } });
    await Promise.all(["a", "b", "c", "d", "e"].map((key) => store.get(key)));
    expect(calls.sort()).toEqual(["GetBulkState", "GetBulkState", "GetState"]);
    calls.length = 0;
    await Promise.all([store.save("a", 1), store.save("b".repeat(100), 1), store.save("c", 1)]);
    expect(calls).toHaveLength(3);
  });
});

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import keyvTestSuite, { keyvIteratorTests } from "@keyv/test-suite";
import { createRuntime, type Runtime } from "@mecha/runtime";
import { createCache } from "cache-manager";
import Keyv, { type KeyvStoreAdapter } from "keyv";
import * as vitest from "vitest";
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from "vitest";
import { componentYaml } from "../../test/mecha-fixture.js";
import type { Interceptor } from "../call/interceptor.js";
import { createMecha, type Mecha } from "../mecha.js";
import { createKeyvStore, type KeyvStore } from "./index.js";

let folder: string;
let runtime: Runtime;
let mecha: Mecha;
/** Names of the methods that were called, in their order. */
const calls: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mecha-keyv-"));
  const components = [
    componentYaml("memory", "state.in-memory"),
    componentYaml("file", "state.sqlite", { connectionString: "keyv.db" }),
  ];
  for (const [index, yaml] of components.entries()) await writeFile(join(folder, `${String(index)}.json`), yaml);
  runtime = await createRuntime({ appId: "cached", resourcesPaths: [folder], baseFolder: folder });
  const { transport, attachApp } = runtime;
  const connection = { mode: "embedded", transport, attachApp, close: () => Promise.resolve() } as const;
  const counting: Interceptor = {
    unary(call, next) {
      calls.push(call.path.slice(call.path.lastIndexOf("/") + 1));
      return next(call);
    },
  };
  mecha = createMecha(connection, runtime.appId, { interceptors: [counting] });
});

afterAll(async () => {
  await mecha.close();
  await runtime.close();
  await rm(folder, { recursive: true, force: true });
});

describe.each(["memory", "file"])("keyv's own test suite over the state store %s", (name) => {
  keyvTestSuite(vitest, Keyv, () => createKeyvStore(mecha, name));
  keyvIteratorTests(vitest, Keyv, () => createKeyvStore(mecha, name));
});

describe("a keyv store", () => {
  const open = (options: Omit<ConstructorParameters<typeof Keyv>[0] & object, "store"> = {}): Keyv =>
    new Keyv({ store: createKeyvStore(mecha, "memory"), throwOnErrors: true, ...options });

  it("is of the type that Keyv takes", () => {
    expectTypeOf<KeyvStore>().toExtend<KeyvStoreAdapter>();
  });

  it("reads, writes and removes many at once", async () => {
    const keyv = open({ namespace: "many" });
    await keyv.set("started", true);
    calls.length = 0;
    expect(
      await keyv.setMany([
        { key: "a", value: 0 },
        { key: "a", value: 1 },
        { key: "b", value: 2, ttl: 60_000 },
      ]),
    ).toEqual([true, true, true]);
    expect(await keyv.setMany([])).toEqual([]);
    expect(await keyv.getMany(["b", "none", "a", "b"])).toEqual([2, undefined, 1, 2]);
    expect(await keyv.hasMany(["none", "a"])).toEqual([false, true]);
    // The second value of "a" is written after the first.
    expect(calls).toEqual(["GetBulkState", "SaveState", "SaveState", "GetBulkState", "GetBulkState"]);
    expect(await keyv.deleteMany(["a", "none"])).toBe(true);
    expect(await keyv.deleteMany(["a", "none"])).toBe(false);
    expect(await keyv.getMany([])).toEqual([]);
  });

  it("tells every key from every other, also those that the state API does not take", async () => {
    const keys = ["a||b", "a%7C|b", "a%7C%7Cb", "", "%", "||", "généré:🙂"];
    const keyv = open({ namespace: "n:1", useKeyPrefix: false });
    const other = open({ namespace: "n", useKeyPrefix: false });
    for (const key of keys) await keyv.set(key, `value of ${key}`);
    await other.set(":1::", "not that of the other namespace");
    for (const key of keys) expect(await keyv.get(key)).toBe(`value of ${key}`);
    const iterated: unknown[] = [];
    for await (const [key] of createKeyvStore(mecha, "memory").iterator("n:1")) iterated.push(key);
    expect(iterated.sort()).toEqual([...keys].sort());
  });

  it("clears what other processes wrote, and takes what they write then", async () => {
    const [here, there] = [open({ namespace: "shared" }), open({ namespace: "shared" })];
    await Promise.all([here.set("a", 1), there.set("b", 2)]);
    expect(await here.getMany(["a", "b"])).toEqual([1, 2]);
    await Promise.all([here.clear(), there.clear()]);
    expect(await there.getMany(["a", "b"])).toEqual([undefined, undefined]);
    expect(await there.delete("a")).toBe(false);
    await there.set("a", 3);
    expect(await here.get("a")).toBe(3);
  });

  it("forgets all of a namespace whose generation was evicted", async () => {
    const keyv = open({ namespace: "evicted" });
    await keyv.set("a", 1);
    await mecha.state("memory").delete("evicted:generation");
    expect(await keyv.get("a")).toBeUndefined();
    await keyv.set("b", 2);
    expect(await keyv.getMany(["a", "b"])).toEqual([undefined, 2]);
  });

  it("keeps a value for milliseconds, and overwrites the end of an earlier one", async () => {
    const store = createKeyvStore(mecha, "memory");
    await store.set("short", "v", 1);
    await expect.poll(() => store.has("short")).toBe(false);
    await store.set("kept", "v", 60_000);
    expect((await mecha.state("memory").get("::kept"))?.expiresAt).toBeInstanceOf(Date);
    await store.set("kept", "v", Number.POSITIVE_INFINITY);
    expect((await mecha.state("memory").get("::kept"))?.expiresAt).toBeUndefined();
  });

  it("works for a Keyv without a serializer", async () => {
    const plain = open({ namespace: "plain", serialize: undefined, deserialize: undefined } as object);
    await plain.set("a", { nested: [1, null] });
    expect(await plain.get("a")).toEqual({ nested: [1, null] });
  });

  it("passes failures on as MechaErrors, and tells those of get", async () => {
    const keyv = new Keyv({ store: createKeyvStore(mecha, "absent") });
    const told: unknown[] = [];
    keyv.on("error", (error) => told.push(error));
    expect(await keyv.get("a")).toBeUndefined();
    expect(await keyv.set("a", 1)).toBe(false);
    const failure = { name: "MechaError", code: "INVALID_ARGUMENT" };
    expect(told).toMatchObject([failure, failure]);
    keyv.throwOnErrors = true;
    await expect(keyv.get("a")).rejects.toMatchObject(failure);
    await expect(keyv.getMany(["a"])).rejects.toMatchObject(failure);
    await expect(keyv.clear()).rejects.toMatchObject(failure);
  });

  it("is a store of cache-manager", async () => {
    const cache = createCache({ stores: [open({ namespace: "manager" })], ttl: 60_000 });
    let computed = 0;
    const compute = (): Promise<number> => cache.wrap("sum", () => Promise.resolve(++computed));
    expect([await compute(), await compute()]).toEqual([1, 1]);
    await cache.mset([
      { key: "a", value: 1 },
      { key: "b", value: 2 },
    ]);
    expect(await cache.mget(["a", "c", "b"])).toEqual([1, undefined, 2]);
    expect(await cache.ttl("a")).toBeGreaterThan(Date.now());
    await cache.mdel(["a", "b"]);
    await cache.clear();
    expect(await cache.get("sum")).toBeUndefined();
    expect(await compute()).toBe(2);
  });
});

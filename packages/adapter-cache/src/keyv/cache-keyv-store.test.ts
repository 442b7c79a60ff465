import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import keyvTestSuite, { keyvIteratorTests } from "@keyv/test-suite";
import { connect } from "@mecha/sdk-core";
import { createKeyvStore as createStateStore } from "@mecha/sdk-core/keyv";
import Keyv, { type KeyvStoreAdapter } from "keyv";
import * as vitest from "vitest";
import { afterAll, beforeAll, describe, expect, expectTypeOf, onTestFinished, test, vi } from "vitest";
import { type CacheKeyvStore, createKeyvStore } from "./index.js";

let folder: string;
const opened: CacheKeyvStore[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mecha-keyv-"));
  const stores = ["cache", "sessions"].map((name) => ({
    apiVersion: "dapr.io/v1alpha1",
    kind: "Component",
    metadata: { name },
    spec: { type: "state.in-memory", version: "v1", metadata: [] },
  }));
  const cache = [
    { match: { host: "*.acme.internal", db: 2 }, state: "sessions" },
    { match: { host: "*.acme.internal" }, state: "cache" },
  ];
  const rules = { apiVersion: "mecha/v1alpha1", kind: "Adapters", metadata: { name: "rules" }, spec: { cache } };
  // JSON is YAML.
  await writeFile(join(folder, "all.yaml"), [...stores, rules].map((each) => JSON.stringify(each)).join("\n---\n"));
  vi.stubEnv("DAPR_RESOURCES_PATHS", folder);
});
afterAll(async () => {
  await Promise.all(opened.map((store) => store.disconnect()));
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

function storeAt(address: string): CacheKeyvStore {
  const store = createKeyvStore(address);
  opened.push(store);
  return store;
}

describe("keyv's own test suite over the cache of an address", () => {
  const open = (): CacheKeyvStore => storeAt("redis://tair.acme.internal:6379");
  keyvTestSuite(vitest, Keyv, open);
  keyvIteratorTests(vitest, Keyv, open);
});

test("a store is of the type that Keyv takes", () => {
  expectTypeOf<CacheKeyvStore>().toExtend<KeyvStoreAdapter>();
});

test("an address leads to the state store that a rule names for it", async () => {
  const sessions = new Keyv({ store: storeAt("redis://:secret@tair.acme.internal/2"), namespace: "app" });
  await sessions.set("one", "in sessions");

  await using mecha = await connect();
  const read = (name: string) => new Keyv({ store: createStateStore(mecha, name), namespace: "app" }).get("one");
  expect(await read("sessions")).toBe("in sessions");
  expect(await read("cache")).toBeUndefined();
});

test("an address that no rule takes is an error that says which there are, on each call", async () => {
  const elsewhere = new Keyv({ store: storeAt("redis://elsewhere"), throwOnErrors: true });
  const heard: unknown[] = [];
  elsewhere.on("error", (error) => heard.push(error));
  for (const _attempt of ["first", "second"])
    await expect(elsewhere.get("one")).rejects.toMatchObject({
      code: "CONFIGURATION_INVALID",
      message: expect.stringContaining('cache: [{ match: { host: "elsewhere" }, state: NAME }]'),
    });
  expect(heard).not.toEqual([]);
});

test.each(["tair.acme.internal", "http://tair.acme.internal", "redis://tair/zero", "redis://tair/-1"])(
  "%s is no address of a cache",
  (address) => {
    expect(() => createKeyvStore(address)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  },
);

test("a store that was disconnected has no more calls", async () => {
  const store = storeAt("redis://tair.acme.internal");
  const keyv = new Keyv({ store, throwOnErrors: true });
  await keyv.set("one", 1);
  await keyv.disconnect();
  await expect(store.get("one")).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
});

test("calls are counted where somebody asks for the figures", async () => {
  const { callReport, countCalls } = await import("@mecha/adapter-kit");
  countCalls();
  const keyv = new Keyv({ store: storeAt("redis://tair.acme.internal") });
  onTestFinished(() => keyv.disconnect());
  await keyv.set("one", 1);
  expect(callReport().calls).toMatchObject([
    { adapter: "cache", component: "cache", type: "state.in-memory", operations: { set: 1 } },
  ]);
});

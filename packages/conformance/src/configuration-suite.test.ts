import type { ConfigurationItem, ConfigurationItems, ConfigurationStore } from "@mecha/spec";
import { describe, expect, it } from "vitest";
import { type ConfigurationFixture, configurationSuite } from "./configuration-suite.js";

type OnChange = Parameters<ConfigurationStore["subscribe"]>[1];

/** A store in memory that keeps the contract; each broken one overrides a method. */
function createFixture(
  breakIt: (store: ConfigurationStore, isClosed: () => boolean) => Partial<ConfigurationStore>,
): ConfigurationFixture {
  const items = new Map<string, ConfigurationItem>();
  const subscriptions = new Set<{ keys: readonly string[]; tell: (changes: ConfigurationItems) => void }>();
  let isClosed = false;
  let isCut = false;
  let missed: ConfigurationItems = new Map();

  const store: ConfigurationStore = {
    backend: "memory",
    async get(keys) {
      if (isClosed || isCut) throw Object.assign(new Error("closed or cut"), { code: "UNAVAILABLE" });
      return new Map(
        [...items]
          .filter(([key]) => keys.length === 0 || keys.includes(key))
          .sort(([a], [b]) => keys.indexOf(a) - keys.indexOf(b)),
      );
    },
    async subscribe(keys, onChange: OnChange) {
      let last = Promise.resolve();
      const subscription = {
        keys,
        tell(changes: ConfigurationItems) {
          last = last.then(() => (subscriptions.has(subscription) ? onChange(changes) : undefined));
        },
      };
      subscriptions.add(subscription);
      return {
        async close() {
          subscriptions.delete(subscription);
        },
      };
    },
    async close() {
      isClosed = true;
      subscriptions.clear();
    },
  };

  function change(key: string, item: ConfigurationItem): void {
    if (isCut) missed = new Map([...missed, [key, item]]);
    else for (const { keys, tell } of subscriptions) if (keys.includes(key)) tell(new Map([[key, item]]));
  }

  return {
    store: { ...store, ...breakIt(store, () => isClosed) },
    async write(key, value) {
      const item = { value, version: `${value.length}-${value}`, metadata: {} };
      items.set(key, item);
      change(key, item);
    },
    async remove(key) {
      items.delete(key);
      change(key, { value: "", version: "", metadata: {}, removed: true });
    },
    async withoutBackend(during) {
      isCut = true;
      await during();
      isCut = false;
      for (const [key, item] of missed) change(key, item);
    },
    async close() {
      await store.close?.();
    },
  };
}

/** Runs the suite; answers the titles of the tests that failed. */
async function failuresOf(breakIt: Parameters<typeof createFixture>[0]): Promise<string[]> {
  const tests: [title: string, body: () => Promise<void> | void][] = [];
  configurationSuite(
    { describe: (_, body) => body(), it: (title, body) => tests.push([title, body]) },
    async () => createFixture(breakIt),
    {
      listing: true,
      outages: true,
      patienceMs: 300,
    },
  );
  const failed = await Promise.all(
    tests.map(async ([title, body]) => {
      try {
        await body();
        return [];
      } catch {
        return [title];
      }
    }),
  );
  expect(tests.length).toBeGreaterThan(10);
  return failed.flat();
}

/** A store whose subscribers are told something else than the real one tells. */
function withSubscribe(
  store: ConfigurationStore,
  alter: (onChange: OnChange) => OnChange,
): Partial<ConfigurationStore> {
  return { subscribe: (keys, onChange) => store.subscribe(keys, alter(onChange)) };
}

describe("configurationSuite", () => {
  it("passes a store that keeps the contract", async () => {
    expect(await failuresOf(() => ({}))).toEqual([]);
  });

  const broken: [what: string, breakIt: Parameters<typeof createFixture>[0], title: RegExp][] = [
    [
      "reads absent keys as empty",
      (store) => ({
        get: async (keys) =>
          new Map([
            ...keys.map((key) => [key, { value: "", version: "", metadata: {} }] as const),
            ...(await store.get(keys)),
          ]),
      }),
      /leaves out the others/,
    ],
    [
      "trims values",
      (store) => ({
        get: async (keys) =>
          new Map([...(await store.get(keys))].map(([key, item]) => [key, { ...item, value: item.value.trim() }])),
      }),
      /reads text exactly/,
    ],
    [
      "has no versions",
      (store) => ({
        get: async (keys) =>
          new Map([...(await store.get(keys))].map(([key, item]) => [key, { ...item, version: "" }])),
      }),
      /names a version/,
    ],
    [
      "lists nothing",
      (store) => ({ get: async (keys) => (keys.length === 0 ? new Map() : store.get(keys)) }),
      /reads all keys/,
    ],
    [
      "tells each change twice",
      (store) =>
        withSubscribe(store, (onChange) => async (items) => {
          await onChange(items);
          await onChange(items);
        }),
      /three subscribers/,
    ],
    [
      "hides removals",
      (store) =>
        withSubscribe(
          store,
          (onChange) => (items) => ([...items.values()].some((item) => item.removed) ? undefined : onChange(items)),
        ),
      /its removal/,
    ],
    [
      "tells of one key only",
      (store) => ({ subscribe: (keys, onChange) => store.subscribe(keys.slice(0, 1), onChange) }),
      /no others/,
    ],
    [
      "serves the first subscription only",
      (store) => {
        let count = 0;
        return {
          subscribe: (keys, onChange) =>
            count++ === 0 ? store.subscribe(keys, onChange) : Promise.resolve({ close: async () => undefined }),
        };
      },
      /while another is being watched/,
    ],
    [
      "does not wait for a slow subscriber",
      (store) => withSubscribe(store, (onChange) => (items) => void onChange(items)),
      /slow subscriber/,
    ],
    [
      "goes on after unsubscribing",
      (store) => ({
        subscribe: async (keys, onChange) => {
          await store.subscribe(keys, onChange);
          return { close: async () => undefined };
        },
      }),
      /after it closed/,
    ],
    [
      "reads after closing",
      (store, isClosed) => ({ get: async (keys) => (isClosed() ? new Map() : store.get(keys)) }),
      /idempotent in closing/,
    ],
  ];
  it.each(broken)("fails a store that %s", async (_what, breakIt, title) => {
    expect((await failuresOf(breakIt)).join("\n")).toMatch(title);
  });

  it("fails a store that forgets what happened during an outage", async () => {
    const forgetful: Parameters<typeof createFixture>[0] = (store) => {
      let isCut = false;
      return {
        get: (keys) =>
          store.get(keys).catch((error: unknown) => {
            isCut = true;
            throw error;
          }),
        subscribe: (keys, onChange) => store.subscribe(keys, (items) => (isCut ? undefined : onChange(items))),
      };
    };
    expect((await failuresOf(forgetful)).join("\n")).toMatch(/after an outage/);
  });
});

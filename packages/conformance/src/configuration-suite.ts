import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { ConfigurationItem, ConfigurationStore } from "@mecha/spec";
import { eventually } from "./eventually.js";
import { suiteTitles } from "./suite-titles.js";
import type { TestFunctions } from "./test-functions.js";

/** A store under test, and the hands that change what it reads. */
export interface ConfigurationFixture {
  readonly store: ConfigurationStore;
  /** Writes as another process would. The store may see it a moment later. */
  write(key: string, value: string): Promise<void>;
  /** Removes as another process would. */
  remove(key: string): Promise<void>;
  /** Runs `during` while the store cannot reach its backend, and `write` and `remove` can. Needed for `outages`. */
  withoutBackend?(during: () => Promise<void>): Promise<void>;
  /** Undoes what was made for the test; also closes the store. */
  close(): Promise<void>;
}

/** What a store can do beyond the contract's core; what is missing is not tested. */
export interface ConfigurationSupports {
  /** `get` without keys reads all of them. */
  readonly listing: boolean;
  /** The fixture can cut the store off its backend. */
  readonly outages: boolean;
  /**
   * How long a test waits for what must come true.
   *
   * @defaultValue 10,000
   */
  readonly patienceMs?: number;
}

/** Collects what a subscriber is told. */
interface Recorder {
  readonly seen: { readonly key: string; readonly item: ConfigurationItem }[];
  onChange(items: ReadonlyMap<string, ConfigurationItem>): void;
  values(key: string): string[];
}

function recorder(): Recorder {
  const seen: { key: string; item: ConfigurationItem }[] = [];
  return {
    seen,
    onChange(items) {
      for (const [key, item] of items) seen.push({ key, item });
    },
    values: (key) =>
      seen.filter((entry) => entry.key === key).map(({ item }) => (item.removed === true ? "(removed)" : item.value)),
  };
}

/**
 * The contract of a {@link ConfigurationStore} as tests: reading, three subscribers, updates, removals, unsubscribing, and what
 * changed during an outage.
 *
 * @param test - vitest's functions
 * @param create - makes a fixture; called once for each test. Keys are `group/name`, which every store of ours takes, with a random group
 * @param supports - what the store promises beyond the core of the contract
 */
export function configurationSuite(
  test: Pick<TestFunctions, "describe" | "it">,
  create: () => Promise<ConfigurationFixture>,
  supports: ConfigurationSupports,
): void {
  function on(
    title: string,
    body: (fixture: ConfigurationFixture, key: (name: string) => string) => Promise<void>,
  ): void {
    test.it(title, async () => {
      const fixture = await create();
      const group = `suite-${randomUUID().slice(0, 8)}`;
      try {
        await body(fixture, (name) => `${group}/${name}`);
      } finally {
        await fixture.close();
      }
    });
  }

  const soon = (claim: string, holds: () => Promise<boolean>, timeoutMs = 10_000) =>
    eventually(claim, holds, supports.patienceMs ?? timeoutMs);

  /** Writes, and waits until the store reads it. */
  async function put(fixture: ConfigurationFixture, key: string, value: string): Promise<void> {
    await fixture.write(key, value);
    await soon(
      `${key} reads as ${JSON.stringify(value)}`,
      async () => (await fixture.store.get([key])).get(key)?.value === value,
    );
  }

  test.describe(suiteTitles.configurationSuite, () => {
    on("reads the keys that are there and leaves out the others", async (fixture, key) => {
      await put(fixture, key("a"), "1");
      await put(fixture, key("b"), "2");
      const items = await fixture.store.get([key("a"), key("missing"), key("b")]);
      assert.deepEqual(
        [...items].map(([name, { value }]) => [name, value]),
        [
          [key("a"), "1"],
          [key("b"), "2"],
        ],
      );
    });

    on("reads text exactly: several lines, quotes, characters of several bytes", async (fixture, key) => {
      const value = '{\n\t"价格": "12,50 €",\r\n  "emoji": "🦾" }  \n';
      await put(fixture, key("text"), value);
      assert.equal((await fixture.store.get([key("text")])).get(key("text"))?.value, value);
    });

    on("names a version that stays while the value stays and changes with it", async (fixture, key) => {
      const version = async () => (await fixture.store.get([key("a")])).get(key("a"))?.version;
      await put(fixture, key("a"), "1");
      const first = await version();
      assert.ok(first !== undefined && first !== "");
      assert.equal(await version(), first);
      await put(fixture, key("a"), "2");
      assert.notEqual(await version(), first);
    });

    if (supports.listing) {
      on("reads all keys when none is named", async (fixture, key) => {
        await put(fixture, key("a"), "1");
        await put(fixture, key("b"), "2");
        await soon("both keys are listed", async () => {
          const items = await fixture.store.get([]);
          return items.get(key("a"))?.value === "1" && items.get(key("b"))?.value === "2";
        });
      });
    }

    on("tells three subscribers each change, and none what was there before", async (fixture, key) => {
      await put(fixture, key("a"), "before");
      const recorders = [recorder(), recorder(), recorder()];
      for (const { onChange } of recorders) await fixture.store.subscribe([key("a")], onChange);
      await put(fixture, key("a"), "first");
      await soon("all three saw the first change", async () =>
        recorders.every((each) => each.values(key("a")).includes("first")),
      );
      await put(fixture, key("a"), "second");
      await soon("all three saw the second change", async () =>
        recorders.every((each) => each.values(key("a")).includes("second")),
      );
      for (const each of recorders) assert.deepEqual(each.values(key("a")), ["first", "second"]);
    });

    on("tells of a key that did not exist, of its removal, and of its return", async (fixture, key) => {
      const watching = recorder();
      await fixture.store.subscribe([key("late")], watching.onChange);
      await put(fixture, key("late"), "born");
      await soon("the new key is told", async () => watching.seen.length === 1);
      await fixture.remove(key("late"));
      await soon("the removal is told", async () => watching.seen.length === 2);
      await put(fixture, key("late"), "back");
      await soon("the return is told", async () => watching.seen.length === 3);
      assert.deepEqual(watching.values(key("late")), ["born", "(removed)", "back"]);
      assert.equal(watching.seen[1]?.item.value, "");
    });

    on("tells of the keys subscribed to and no others", async (fixture, key) => {
      await put(fixture, key("mine"), "1");
      const watching = recorder();
      await fixture.store.subscribe([key("mine"), key("mine-too")], watching.onChange);
      await put(fixture, key("other"), "x");
      await put(fixture, key("mine-too"), "2");
      await soon("the subscribed key is told", async () => watching.seen.length > 0);
      assert.deepEqual(
        watching.seen.map((entry) => entry.key),
        [key("mine-too")],
      );
    });

    on("sees changes of a key that is subscribed to while another is being watched", async (fixture, key) => {
      const [early, late] = [recorder(), recorder()];
      await fixture.store.subscribe([key("early")], early.onChange);
      await fixture.store.subscribe([key("late")], late.onChange);
      await fixture.write(key("late"), "1");
      await soon("the later subscription is served", async () => late.values(key("late")).includes("1"), 5_000);
      assert.deepEqual(early.seen, []);
    });

    on("calls a slow subscriber once at a time and ends with the last value", async (fixture, key) => {
      let underWay = 0;
      let most = 0;
      const watching = recorder();
      await fixture.store.subscribe([key("a")], async (items) => {
        most = Math.max(most, ++underWay);
        await new Promise((resolve) => setTimeout(resolve, 30));
        watching.onChange(items);
        underWay--;
      });
      for (const value of ["1", "2", "3"]) await put(fixture, key("a"), value);
      await soon("the last value is told", async () => watching.values(key("a")).at(-1) === "3");
      assert.equal(most, 1);
    });

    on("tells a subscriber nothing after it closed, and the others everything", async (fixture, key) => {
      const [leaving, staying] = [recorder(), recorder()];
      const subscription = await fixture.store.subscribe([key("a")], leaving.onChange);
      await fixture.store.subscribe([key("a")], staying.onChange);
      await subscription.close();
      await subscription.close();
      await put(fixture, key("a"), "1");
      await put(fixture, key("a"), "2");
      await soon("the one that stays saw the last change", async () => staying.values(key("a")).at(-1) === "2");
      assert.deepEqual(leaving.seen, []);
    });

    on("is idempotent in closing, tells nothing more, and reads nothing more", async (fixture, key) => {
      const watching = recorder();
      await fixture.store.subscribe([key("a")], watching.onChange);
      await fixture.store.close?.();
      await fixture.store.close?.();
      await fixture.write(key("a"), "1");
      await assert.rejects(fixture.store.get([key("a")]), (error: { code?: string }) => error.code === "UNAVAILABLE");
      assert.deepEqual(watching.seen, []);
    });

    if (supports.outages) {
      on("reports after an outage what changed meanwhile", async (fixture, key) => {
        assert.ok(fixture.withoutBackend !== undefined, "a fixture that supports outages has withoutBackend");
        await put(fixture, key("a"), "before");
        await put(fixture, key("gone"), "before");
        const watching = recorder();
        await fixture.store.subscribe([key("a"), key("gone")], watching.onChange);
        await fixture.withoutBackend(async () => {
          await fixture.write(key("a"), "meanwhile");
          await fixture.remove(key("gone"));
          await assert.rejects(
            fixture.store.get([key("a")]),
            (error: { code?: string }) => error.code === "UNAVAILABLE",
          );
        });
        await soon("both changes are told", async () => watching.seen.length >= 2);
        assert.deepEqual(watching.values(key("a")), ["meanwhile"]);
        assert.deepEqual(watching.values(key("gone")), ["(removed)"]);
        await put(fixture, key("a"), "after");
        await soon("later changes are told too", async () => watching.values(key("a")).includes("after"));
      });
    }
  });
}

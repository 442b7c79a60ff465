import { type ConfigurationValue, MechaError } from "@mecha/sdk-core";
import { type ConfigItem, keyOf } from "../config-item.js";
import type { ConfigSession } from "../config-session.js";
import { md5Of, type ProbedItem } from "./listener-probe.js";

/** What is known of a watched item. */
interface ItemWatch {
  /** MD5 of the current content, once known. */
  md5: string;
  /** How many polls wait for it. */
  users: number;
  close(): Promise<void>;
}

/** How long an item stays watched that no poll waits for; the client needs this long at most between two polls. */
const lingerMs = 5_000;

/** Keeps the items watched that long polls ask for, from one poll to the next. */
export interface ItemWatches {
  /** Watches the items until `release`; resolves once their contents are known. */
  acquire(items: readonly ConfigItem[]): Promise<void>;
  release(items: readonly ConfigItem[]): void;
  /** Of acquired items, those whose content is not the one with this MD5. */
  changed(items: readonly ProbedItem[]): ProbedItem[];
  /** Reads an item anew, where what was announced and what was read disagree. */
  refresh(item: ConfigItem): Promise<void>;
  close(): Promise<void>;
}

/**
 * Makes the watches.
 *
 * @param onChange - called when an item changed
 * @param onFailure - called when a subscription broke; the item is no longer watched, and the next poll subscribes again
 */
export function createItemWatches(
  session: ConfigSession,
  onChange: () => void,
  onFailure: (error: unknown) => void,
): ItemWatches {
  const openingByKey = new Map<string, Promise<ItemWatch>>();
  const openByKey = new Map<string, ItemWatch>();

  async function open(item: ConfigItem, key: string): Promise<ItemWatch> {
    const watch: ItemWatch = { md5: "", users: 0, close: () => subscription.close() };
    const subscription = await session.watch(item, broke);

    /** The legacy client wants to hear that its server is away, and asks again by itself; so no one waits for the old stream. */
    function broke(error: unknown): void {
      // Whoever closes a watch forgets it first; then its end is no failure.
      if (openByKey.get(key) !== watch) return;
      forget(key);
      void watch.close();
      onFailure(error);
    }

    async function follow(): Promise<void> {
      for await (const values of subscription) {
        const value = values.get(key);
        if (value === undefined) continue;
        watch.md5 = await md5After(item, value);
        onChange();
      }
      throw new MechaError("UNAVAILABLE", `The runtime ended the subscription to the configuration item ${key}`, {
        operation: "configuration.subscribe",
      });
    }

    try {
      // Subscribed first and read second, so that no change falls between.
      watch.md5 = md5Of(await session.read(item));
    } catch (error) {
      await subscription.close();
      throw error;
    }
    openByKey.set(key, watch);
    follow().catch(broke);
    return watch;
  }

  /** An empty value may be one that a runtime does not know to be removed. */
  async function md5After(item: ConfigItem, { value, isRemoved }: ConfigurationValue): Promise<string> {
    if (isRemoved) return "";
    return md5Of(value === "" ? await session.read(item) : value);
  }

  function forget(key: string): void {
    openingByKey.delete(key);
    openByKey.delete(key);
  }

  async function closeIfUnused(key: string, watch: ItemWatch): Promise<void> {
    if (watch.users > 0 || openByKey.get(key) !== watch) return;
    forget(key);
    await watch.close();
  }

  async function acquireOne(item: ConfigItem): Promise<void> {
    const key = keyOf(item);
    let opening = openingByKey.get(key);
    if (opening === undefined) {
      opening = open(item, key);
      openingByKey.set(key, opening);
      opening.catch(() => openingByKey.delete(key));
    }
    (await opening).users++;
  }

  function release(items: readonly ConfigItem[]): void {
    for (const item of items) {
      const key = keyOf(item);
      const watch = openByKey.get(key);
      if (watch === undefined || --watch.users > 0) continue;
      setTimeout(() => void closeIfUnused(key, watch), lingerMs).unref();
    }
  }

  return {
    async acquire(items) {
      const results = await Promise.allSettled(items.map(acquireOne));
      const failed = results.find((result) => result.status === "rejected");
      if (failed === undefined) return;
      release(items.filter((_, index) => results[index]?.status === "fulfilled"));
      throw failed.reason;
    },
    release,
    changed: (items) => items.filter((item) => (openByKey.get(keyOf(item))?.md5 ?? item.md5) !== item.md5),
    async refresh(item) {
      const watch = openByKey.get(keyOf(item));
      if (watch !== undefined) watch.md5 = md5Of(await session.read(item));
    },
    async close() {
      const watches = await Promise.allSettled(openingByKey.values());
      openingByKey.clear();
      openByKey.clear();
      for (const watch of watches) if (watch.status === "fulfilled") await watch.value.close();
    },
  };
}

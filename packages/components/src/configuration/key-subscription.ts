import type { ConfigurationItem, ConfigurationItems } from "@mecha/spec";
import { removedItem } from "./changes-between.js";

/** What a subscription asks of its store. */
export interface KeySubscriptionOptions {
  /** The keys; none for all. */
  readonly keys: readonly string[];
  /** Reads keys, without those that are absent; no keys for all. */
  readonly read: (keys: readonly string[]) => Promise<ConfigurationItems>;
  readonly onChange: (items: ConfigurationItems) => Promise<void> | void;
  /** Told in words what went wrong; the subscription goes on. */
  readonly onProblem: (problem: string) => void;
}

/** A subscription of a store that hears which keys may have changed, and looks them up. */
export interface KeySubscription {
  /** Learns what is there now; resolves when what changes from then on is told. */
  start(): Promise<void>;
  /** Looks at a key again, or at all of them. What has not changed is not told. */
  look(key?: string): void;
  /** Ends it. Idempotent. */
  close(): void;
}

/** How long it waits after a look that failed. */
const retryMs = 1_000;

/** Makes a subscription; `onChange` is called with what differs from what was there before, never twice at once. */
export function createKeySubscription(options: KeySubscriptionOptions): KeySubscription {
  const { keys, read, onChange, onProblem } = options;
  const wanted = new Set(keys);
  const known = new Map<string, ConfigurationItem>();
  let pending = new Set<string>();
  let isAllPending = false;
  let state: "starting" | "idle" | "looking" | "closed" = "starting";
  let retry: NodeJS.Timeout | undefined;
  const isClosed = (): boolean => state === "closed";

  /** Looks at what is pending until nothing is; so there is never more than one call of `onChange`. */
  async function lookWhilePending(): Promise<void> {
    if (state !== "idle") return;
    state = "looking";
    while ((isAllPending || pending.size > 0) && !isClosed()) {
      const [looked, isAll] = [pending, isAllPending];
      [pending, isAllPending] = [new Set(), false];
      try {
        await tell(changes(isAll ? undefined : looked, await read(isAll ? keys : [...looked])));
      } catch (error) {
        for (const key of looked) pending.add(key);
        isAllPending ||= isAll;
        if (isClosed()) return;
        onProblem(`looking for changes failed, trying again in ${String(retryMs / 1_000)} s: ${String(error)}`);
        retry = setTimeout(() => {
          state = isClosed() ? "closed" : "idle";
          void lookWhilePending();
        }, retryMs);
        // The connection keeps the process alive, as long as it should.
        retry.unref();
        return;
      }
    }
    if (!isClosed()) state = "idle";
  }

  /** What differs from before, among the keys that were looked at; none named for all. */
  function changes(looked: ReadonlySet<string> | undefined, found: ConfigurationItems): ConfigurationItems {
    const changed = new Map<string, ConfigurationItem>();
    for (const [key, item] of found) {
      const before = known.get(key);
      if (before?.value !== item.value || before.version !== item.version) changed.set(key, item);
    }
    for (const key of looked ?? known.keys()) if (known.has(key) && !found.has(key)) changed.set(key, removedItem);
    return changed;
  }

  async function tell(changed: ConfigurationItems): Promise<void> {
    for (const [key, item] of changed) {
      if (item.removed === true) known.delete(key);
      else known.set(key, item);
    }
    if (changed.size === 0 || isClosed()) return;
    try {
      await onChange(changed);
    } catch (error) {
      onProblem(`a subscriber failed: ${String(error)}`);
    }
  }

  return {
    async start() {
      for (const [key, item] of await read(keys)) known.set(key, item);
      if (isClosed()) return;
      state = "idle";
      void lookWhilePending();
    },
    look(key) {
      if (key === undefined) isAllPending = true;
      else if (wanted.size === 0 || wanted.has(key)) pending.add(key);
      void lookWhilePending();
    },
    close() {
      state = "closed";
      clearTimeout(retry);
    },
  };
}

import { type ConfigItem, keyOf } from "../config-item.js";
import type { ConfigSession } from "../config-session.js";
import { createItemWatches } from "./item-watches.js";
import type { ProbedItem } from "./listener-probe.js";

/** How long a poll with nothing to report is held, as Nacos holds it. */
const holdMs = 29_500;
/** How long to wait before an item is reported again that the client has just read without seeing the change. */
const settleMs = 100;

/** Long polls as a Nacos server answers them. */
export interface LongPolls {
  /** Resolves with the items that changed; with none when the time is over or the client should ask anew. */
  poll(items: readonly ProbedItem[]): Promise<readonly ConfigItem[]>;
  /** Ends the polls that do not name this item, because the client has begun to watch it. */
  include(item: ConfigItem): void;
  /** Ends all polls: the client's list has changed. */
  restart(): void;
  /** Ends all polls and watches; polls from now on end at once. */
  close(): Promise<void>;
}

/** A poll from its beginning: it may be ended before it waits. */
interface OpenPoll {
  readonly items: readonly ProbedItem[];
  readonly ending: AbortController;
  /** Set while it waits: looks whether there is something to report now. */
  look?: () => void;
  fail?: (error: unknown) => void;
}

/** Makes the long polls over a session. */
export function createLongPolls(session: ConfigSession): LongPolls {
  const open = new Set<OpenPoll>();
  let reported: ReadonlySet<string> = new Set();
  let isClosed = false;
  const watches = createItemWatches(
    session,
    () => {
      for (const poll of open) poll.look?.();
    },
    (error) => {
      for (const poll of open) poll.fail?.(error);
    },
  );

  /** The client polls with the very MD5 that was reported as outdated: what it read was older than what was announced. */
  async function settle(items: readonly ProbedItem[]): Promise<void> {
    const stale = watches.changed(items).filter((item) => reported.has(reportOf(item)));
    if (stale.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    await Promise.all(stale.map((item) => watches.refresh(item)));
  }

  function wait(poll: OpenPoll): Promise<readonly ProbedItem[]> {
    return new Promise((resolve, reject) => {
      const answer = (changed: readonly ProbedItem[]): void => {
        clearTimeout(timer);
        resolve(changed);
      };
      const end = (): void => answer([]);
      const timer = setTimeout(end, holdMs);
      poll.look = () => {
        const changed = watches.changed(poll.items);
        if (changed.length > 0) answer(changed);
      };
      poll.fail = (error) => {
        clearTimeout(timer);
        reject(error instanceof Error ? error : new Error(String(error)));
      };
      poll.ending.signal.addEventListener("abort", end, { once: true });
      poll.look();
      // Ended while its items were not yet watched.
      if (poll.ending.signal.aborted) end();
    });
  }

  return {
    async poll(items) {
      if (isClosed) return [];
      const poll: OpenPoll = { items, ending: new AbortController() };
      open.add(poll);
      try {
        await watches.acquire(items);
        try {
          await settle(items);
          const changed = await wait(poll);
          reported = new Set(changed.map(reportOf));
          return changed;
        } finally {
          watches.release(items);
        }
      } finally {
        open.delete(poll);
      }
    },
    include(item) {
      const key = keyOf(item);
      for (const poll of open) if (!poll.items.some((watched) => keyOf(watched) === key)) poll.ending.abort();
    },
    restart() {
      for (const poll of open) poll.ending.abort();
    },
    async close() {
      isClosed = true;
      for (const poll of open) poll.ending.abort();
      await watches.close();
    },
  };
}

function reportOf(item: ProbedItem): string {
  return `${keyOf(item)}@${item.md5}`;
}

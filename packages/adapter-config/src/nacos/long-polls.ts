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

interface WaitingPoll {
  readonly keys: ReadonlySet<string>;
  /** Looks whether there is something to report now. */
  look(): void;
  end(): void;
  fail(error: unknown): void;
}

/** Makes the long polls over a session. */
export function createLongPolls(session: ConfigSession): LongPolls {
  const waiting = new Set<WaitingPoll>();
  let reported: ReadonlySet<string> = new Set();
  const closing = new AbortController();
  const watches = createItemWatches(
    session,
    () => {
      for (const poll of waiting) poll.look();
    },
    (error) => {
      for (const poll of waiting) poll.fail(error);
    },
  );

  /** The client polls with the very MD5 that was reported as outdated: what it read was older than what was announced. */
  async function settle(items: readonly ProbedItem[]): Promise<void> {
    const stale = watches.changed(items).filter((item) => reported.has(reportOf(item)));
    if (stale.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    await Promise.all(stale.map((item) => watches.refresh(item)));
  }

  function wait(items: readonly ProbedItem[]): Promise<readonly ConfigItem[]> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => settleWith(() => resolve([])), holdMs);
      function settleWith(answer: () => void): void {
        clearTimeout(timer);
        waiting.delete(poll);
        answer();
      }
      const poll: WaitingPoll = {
        keys: new Set(items.map(keyOf)),
        look() {
          const changed = watches.changed(items);
          if (changed.length > 0) settleWith(() => resolve(changed));
        },
        end: () => settleWith(() => resolve([])),
        // The reason is whatever broke the subscription; the caller turns it into an error of the original client.
        fail: (error) => settleWith(() => reject(error instanceof Error ? error : new Error(String(error)))),
      };
      waiting.add(poll);
      // Closing while the watches were being opened found no poll to end.
      if (closing.signal.aborted) poll.end();
      else poll.look();
    });
  }

  return {
    async poll(items) {
      if (closing.signal.aborted) return [];
      await watches.acquire(items);
      try {
        await settle(items);
        const changed = await wait(items);
        reported = new Set(items.filter((item) => changed.includes(item)).map(reportOf));
        return changed;
      } finally {
        watches.release(items);
      }
    },
    include(item) {
      const key = keyOf(item);
      for (const poll of waiting) if (!poll.keys.has(key)) poll.end();
    },
    restart() {
      for (const poll of waiting) poll.end();
    },
    async close() {
      closing.abort();
      for (const poll of waiting) poll.end();
      await watches.close();
    },
  };
}

function reportOf(item: ProbedItem): string {
  return `${keyOf(item)}@${item.md5}`;
}

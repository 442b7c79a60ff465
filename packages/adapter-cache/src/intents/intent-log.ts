import { setTimeout as wait } from "node:timers/promises";
import { decodeDocument } from "../documents/decode-document.js";
import type { DocumentChange, Documents } from "../documents/documents.js";
import { encodeDocument } from "../documents/encode-document.js";
import { ttlSeconds } from "../documents/time-to-live.js";
import { neutralRevision } from "../engine/revision.js";
import { decodeHeld, type HeldDocument } from "./held-document.js";
import { decodeRecord, encodeRecord, recordName, type IntentRecord } from "./intent-record.js";

/** How long an undecided transaction may hold a document that somebody else needs, in milliseconds. */
const defaultLeaseMs = 1_000;

/** How long the decision to abort stands: longer than any process sleeps between two steps of a transaction. */
const abortedSeconds = 24 * 3600;

/** How long a decision is kept that nobody needs any more: who read a document just before may still look for it. */
const settledSeconds = 60;

/** The longest pause between two looks at a transaction of another process, in milliseconds. */
const maxPauseMs = 16;

/** How long what was held is sure to be there: far less than removed documents are kept, in milliseconds. */
const freshMs = 10_000;

/** How often a helper tries to finish a transaction before it leaves the rest to others. */
const maxSettleAttempts = 5;

/** When somebody who needs a document first met the transaction that holds it, and how often he looked since. */
export interface Met {
  readonly sinceMs: number;
  looks: number;
}

/** Decides, finishes and undoes transactions by their records. Every step may be the last of its process. */
export class IntentLog {
  readonly #documents: Documents;
  readonly #leaseMs: number;

  /** @param documents - the store, which makes single changes only */
  constructor(documents: Documents, leaseMs = defaultLeaseMs) {
    this.#documents = documents;
    this.#leaseMs = leaseMs;
  }

  /**
   * Decides a transaction, if nobody did so before.
   *
   * @returns what stands; `undefined` if the store failed to say
   */
  async decide(intent: string, record: IntentRecord): Promise<IntentRecord["outcome"] | undefined> {
    const change: DocumentChange = {
      name: recordName(intent),
      bytes: encodeRecord(record),
      expected: "absent",
      ttlSeconds: record.outcome === "aborted" ? abortedSeconds : undefined,
    };
    if (await this.#documents.write([change])) return record.outcome;
    return (await this.#find(intent))?.outcome;
  }

  /**
   * Ends a transaction that is committed, as its own process can: it knows the documents and foretells their ETags. What
   * does not end so is left to those who meet it.
   *
   * @param heldSinceMs - when its documents were held; a process that slept since reads them again, because others may have
   * finished for it, and removed them
   */
  async finish(intent: string, changes: readonly DocumentChange[], heldSinceMs: number): Promise<void> {
    const names = changes.map(({ name }) => name);
    const isFresh = performance.now() - heldSinceMs < freshMs;
    const foretold = (isFresh ? changes : []).flatMap((change): DocumentChange[] => {
      const etag = this.#documents.etagAfter?.(change.expected);
      return etag === undefined ? [] : [{ ...change, expected: { etag } }];
    });
    const isDone = foretold.length === changes.length && (await this.#documents.write(foretold));
    if (isDone || (await this.settle(intent, names, "committed"))) await this.#forget(intent, names);
  }

  /**
   * Gives the documents of a decided transaction their new value, or the one before.
   *
   * @returns whether none of them is held any more
   */
  async settle(intent: string, names: readonly string[], outcome: IntentRecord["outcome"]): Promise<boolean> {
    for (let attempt = 0; attempt < maxSettleAttempts; attempt++) {
      const stored = await this.#documents.read(names);
      const changes = [...stored].flatMap(([name, { bytes, etag }]): DocumentChange[] => {
        const held = decodeHeld(bytes);
        return held?.intent === intent ? [settled(name, etag, held, outcome)] : [];
      });
      if (changes.length === 0 || (await this.#documents.write(changes))) return true;
    }
    return false;
  }

  /** Lets the store forget the record of a transaction that is committed and holds nothing any more. */
  async #forget(intent: string, names: readonly string[]): Promise<void> {
    const bytes = encodeRecord({ outcome: "committed", names });
    await this.#documents.write([
      { name: recordName(intent), bytes, expected: "anything", ttlSeconds: settledSeconds },
    ]);
  }

  /**
   * Does what can be done now about a transaction that holds documents: finishes or undoes it, or waits a moment for its
   * process. Whoever takes longer than the lease is taken for dead: its transaction is aborted, if it has not committed it.
   */
  async resolve(intent: string, names: readonly string[], met: Met): Promise<void> {
    const found = await this.#find(intent);
    const expired = performance.now() - met.sinceMs >= this.#leaseMs;
    // The first look is for processes that are alive and about to finish by themselves.
    if (found === undefined ? !expired : found.outcome === "committed" && met.looks === 0) {
      met.looks++;
      await wait(Math.random() * Math.min(2 ** met.looks, maxPauseMs));
      return;
    }
    const outcome = found?.outcome ?? (await this.decide(intent, { outcome: "aborted" }));
    if (outcome === undefined) return;
    const all = found?.outcome === "committed" ? found.names : names;
    const clean = await this.settle(intent, all, outcome);
    if (clean && found?.outcome === "committed") await this.#forget(intent, found.names);
  }

  async #find(intent: string): Promise<IntentRecord | undefined> {
    const name = recordName(intent);
    const stored = (await this.#documents.read([name])).get(name);
    return stored && decodeRecord(stored.bytes);
  }
}

function settled(
  name: string,
  etag: string,
  { previous, next }: HeldDocument,
  outcome: IntentRecord["outcome"],
): DocumentChange {
  // Where nothing was, a tombstone that no watcher sees: a removed document would begin its ETags anew.
  const bytes =
    outcome === "committed" ? next : (previous ?? encodeDocument({ revision: neutralRevision, entry: undefined }));
  return { name, bytes, expected: { etag }, ttlSeconds: ttlSeconds(name, decodeDocument(bytes), Date.now()) };
}

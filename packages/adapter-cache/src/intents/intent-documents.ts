import { randomBytes } from "node:crypto";
import { MechaError } from "@mecha/spec";
import type { DocumentChange, Documents, StoredDocument } from "../documents/documents.js";
import { decodeHeld, encodeHeld } from "./held-document.js";
import { IntentLog, type Met } from "./intent-log.js";

/** How transactions by intents behave. */
export interface IntentOptions {
  /**
   * How long an undecided transaction of another process may hold a document that is needed, in milliseconds.
   *
   * @defaultValue 1000
   */
  readonly leaseMs?: number;
}

/** How long a read goes on when its documents are held again and again, in milliseconds. */
const patienceMs = 10_000;

/** How much goes into one write: well within the 4 MiB that a Dapr message may have. */
const maxBytesTogether = 1024 * 1024;

/**
 * Makes transactions on a store that only compares and swaps single documents.
 *
 * A transaction first holds each of its documents by a swap that keeps the old value beside the new one; then it creates
 * one record, which is the moment at which all of it exists; then it gives the documents their new values. Whoever meets
 * a held document looks for the record and finishes what is committed. A transaction without a record is aborted by
 * creating the record with the opposite decision, once its process had its time.
 */
export function createIntentDocuments(store: Documents, { leaseMs }: IntentOptions = {}): Documents {
  const log = new IntentLog(store, leaseMs);
  /** Documents of this process's own transactions that are committed and still held. */
  const finishing = new Map<string, Promise<void>>();

  const read = async (names: readonly string[]): Promise<ReadonlyMap<string, StoredDocument>> => {
    await Promise.all(names.flatMap((name) => finishing.get(name) ?? []));
    const found = new Map(await store.read(names));
    const sinceMs = performance.now();
    const met = new Map<string, Met>();
    const meet = (intent: string): Met => {
      const seen = met.get(intent) ?? { sinceMs: performance.now(), looks: 0 };
      met.set(intent, seen);
      return seen;
    };
    for (let held = heldBy(found); held.size > 0; held = heldBy(found)) {
      if (performance.now() - sinceMs > patienceMs) throw alwaysHeld([...held.values()].flat());
      await Promise.all([...held].map(([intent, its]) => log.resolve(intent, its, meet(intent))));
      const again = [...held.values()].flat();
      const fresh = await store.read(again);
      for (const name of again) {
        const stored = fresh.get(name);
        if (stored === undefined) found.delete(name);
        else found.set(name, stored);
      }
    }
    return found;
  };

  /** A blind change could take a document from a transaction that holds it: it becomes one that expects what is there. */
  const expecting = async (changes: readonly DocumentChange[]): Promise<readonly DocumentChange[]> => {
    const blind = changes.filter(({ expected }) => expected === "anything").map(({ name }) => name);
    if (blind.length === 0) return changes;
    const stored = await read(blind);
    return changes.map((change) => {
      if (change.expected !== "anything") return change;
      const found = stored.get(change.name);
      return { ...change, previous: found?.bytes, expected: found === undefined ? "absent" : { etag: found.etag } };
    });
  };

  const transact = async (changes: readonly DocumentChange[]): Promise<boolean> => {
    const intent = randomBytes(12).toString("base64url");
    const names = changes.map(({ name }) => name);
    const holds = changes.map((change): DocumentChange => {
      const bytes = encodeHeld({ intent, previous: change.previous, next: change.bytes });
      // Without expiry: what is committed must not vanish before it is settled.
      return { name: change.name, bytes, expected: change.expected, ttlSeconds: undefined };
    });
    const heldSinceMs = performance.now();
    const undo = (): Promise<boolean> => log.settle(intent, names, "aborted");
    try {
      if (!(await holdAll(store, holds))) {
        await undo();
        return false;
      }
    } catch (error) {
      // Nothing is decided; what stays held is for whoever meets it.
      await undo().catch(() => undefined);
      throw error;
    }
    const outcome = await commit(log, intent, names);
    if (outcome === "aborted") {
      await undo();
      return false;
    }
    // From here on it is done, whatever happens to this process: whoever meets what is still held finishes it.
    const finished = log.finish(intent, changes, heldSinceMs).catch(() => undefined);
    for (const name of names) finishing.set(name, finished);
    void finished.then(() => {
      for (const name of names) if (finishing.get(name) === finished) finishing.delete(name);
    });
    return true;
  };

  return {
    storeType: store.storeType,
    atomic: true,
    bundles: false,
    snapshots: false,
    read,
    async write(changes) {
      const definite = await expecting(changes);
      return definite.length > 1 ? transact(definite) : store.write(definite);
    },
  };
}

/** The names of the documents that each transaction holds. */
function heldBy(documents: ReadonlyMap<string, StoredDocument>): ReadonlyMap<string, readonly string[]> {
  const held = new Map<string, string[]>();
  for (const [name, { bytes }] of documents) {
    const intent = decodeHeld(bytes)?.intent;
    if (intent !== undefined) held.set(intent, [...(held.get(intent) ?? []), name]);
  }
  return held;
}

/** Holds documents in as few calls as their size allows; one that fails ends it. */
async function holdAll(store: Documents, holds: readonly DocumentChange[]): Promise<boolean> {
  let part: DocumentChange[] = [];
  let bytes = 0;
  for (const hold of holds) {
    if (part.length > 0 && bytes + hold.bytes.length > maxBytesTogether) {
      if (!(await store.write(part))) return false;
      part = [];
      bytes = 0;
    }
    part.push(hold);
    bytes += hold.bytes.length;
  }
  return store.write(part);
}

/**
 * Creates the record that makes a transaction exist.
 *
 * @throws MechaError what the store throws, if it does not even say whether the record was created
 */
async function commit(log: IntentLog, intent: string, names: readonly string[]): Promise<"committed" | "aborted"> {
  try {
    const outcome = await log.decide(intent, { outcome: "committed", names });
    if (outcome !== undefined) return outcome;
  } catch (error) {
    // The answer may have been lost, and not the call: deciding the opposite tells.
    if ((await log.decide(intent, { outcome: "aborted" })) === "committed") return "committed";
    throw error;
  }
  const outcome = await log.decide(intent, { outcome: "aborted" });
  if (outcome !== undefined) return outcome;
  throw new MechaError("UNAVAILABLE", "The state store neither takes nor shows the record of a cache transaction", {
    operation: "cache.commit",
  });
}

function alwaysHeld(names: readonly string[]): MechaError {
  return new MechaError(
    "ABORTED",
    `Transactions of other processes held ${String(names.length)} cache documents during ${String(patienceMs / 1000)} seconds`,
    { operation: "cache.read" },
  );
}

import { MechaError, type StateOperation, type StateStore } from "@mecha/spec";
import { leaseLost, type HeldLease } from "./lease.js";
import { targetKey, type ScheduleEntry, type ScheduleTarget } from "./schedule-entry.js";
import { decodeEntry, decodeIndex, documentMetadata, encodeEntry, encodeIndex } from "./scheduler-documents.js";
import { indexShards, shardOf, type SchedulerKeys } from "./scheduler-keys.js";

/** Most entries that are written in one transaction, and read at once. */
const batchSize = 200;

/** What a schedule store works on. */
export interface ScheduleStoreOptions {
  readonly store: StateStore;
  readonly storeName: string;
  readonly keys: SchedulerKeys;
  readonly lease: HeldLease;
  /** Called when somebody else has taken the lease: nothing can be changed any more. */
  readonly onLost: () => void;
}

interface Change {
  /** `undefined` removes it. */
  entry: ScheduleEntry | undefined;
  readonly waiting: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[];
}

/**
 * The entries of a scheduler, in a state store: a document each, and an index, as state stores cannot list. All changes that
 * come while one is being written go together in the next transaction, which renews the lease as well: a process that lost
 * it changes nothing.
 */
export class ScheduleStore {
  readonly #options: ScheduleStoreOptions;
  readonly #index = Array.from({ length: indexShards }, () => new Set<string>());
  #changes = new Map<string, Change>();
  #writing: Promise<void> | undefined;

  constructor(options: ScheduleStoreOptions) {
    this.#options = options;
  }

  /** Whether nobody else can have the lease yet. */
  get isLeaseFresh(): boolean {
    return this.#options.lease.isFresh;
  }

  /** Reads everything; called once, before the first change. */
  async load(): Promise<readonly ScheduleEntry[]> {
    const { store, keys } = this.#options;
    const shards = await store.get(this.#index.map((_, shard) => keys.index(shard)));
    shards.forEach((record, shard) => {
      if (record !== undefined) for (const id of decodeIndex(record.value)) this.#index[shard]?.add(id);
    });
    const ids = this.#index.flatMap((shard) => [...shard]);
    const entries: ScheduleEntry[] = [];
    for (let from = 0; from < ids.length; from += batchSize) {
      const records = await store.get(ids.slice(from, from + batchSize).map((id) => keys.entry(id)));
      for (const record of records) if (record !== undefined) entries.push(decodeEntry(record.value));
    }
    return entries;
  }

  /** Keeps an entry, in place of what there is for its target; resolves when it is stored. */
  put(entry: ScheduleEntry): Promise<void> {
    return this.#change(entry.registration.target, entry);
  }

  /** Removes the entry of a target; resolves when it is gone from the store. */
  remove(target: ScheduleTarget): Promise<void> {
    return this.#change(target, undefined);
  }

  /**
   * Renews the lease, if nothing that is being written does.
   *
   * @throws MechaError `ABORTED` if somebody else has it.
   */
  async renew(): Promise<void> {
    this.#writing ??= this.#writeAll();
    await this.#writing;
  }

  #change(target: ScheduleTarget, entry: ScheduleEntry | undefined): Promise<void> {
    const id = `${target.kind}||${targetKey(target)}`;
    const change = this.#changes.get(id) ?? { entry, waiting: [] };
    change.entry = entry;
    this.#changes.set(id, change);
    const written = new Promise<void>((resolve, reject) => change.waiting.push({ resolve, reject }));
    // Whoever renews hears of a failure; here, those who wait for their changes do.
    (this.#writing ??= this.#writeAll()).catch(() => undefined);
    return written;
  }

  /** Writes until there is nothing left to write. */
  async #writeAll(): Promise<void> {
    try {
      // Changes of the same turn of the event loop go together.
      await Promise.resolve();
      do {
        const batch = [...this.#changes].slice(0, batchSize);
        for (const [id] of batch) this.#changes.delete(id);
        await this.#write(batch);
      } while (this.#changes.size > 0);
    } finally {
      this.#writing = undefined;
      // What came while a failure was being told.
      if (this.#changes.size > 0) (this.#writing = this.#writeAll()).catch(() => undefined);
    }
  }

  async #write(batch: readonly (readonly [string, Change])[]): Promise<void> {
    try {
      const index = this.#indexAfter(batch);
      await this.#commit([...batch.map(([id, { entry }]) => this.#operation(id, entry)), ...index.operations]);
      index.apply();
    } catch (error) {
      for (const [, { waiting }] of batch) for (const { reject } of waiting) reject(error);
      throw error;
    }
    for (const [, { waiting }] of batch) for (const { resolve } of waiting) resolve();
  }

  async #commit(operations: readonly StateOperation[]): Promise<void> {
    const { store, storeName, lease, onLost } = this.#options;
    const renewal = await lease.renewal();
    if (renewal !== undefined) {
      try {
        await store.write([renewal, ...operations], { atomic: true });
        return;
      } catch (error) {
        // Nothing else here has an ETag.
        if (!MechaError.is(error) || error.code !== "ETAG_MISMATCH") throw error;
      }
    }
    onLost();
    throw leaseLost(storeName);
  }

  #operation(id: string, entry: ScheduleEntry | undefined): StateOperation {
    const key = this.#options.keys.entry(id);
    return entry === undefined
      ? { type: "delete", key }
      : { type: "set", key, value: encodeEntry(entry), metadata: documentMetadata };
  }

  /** What a batch makes of the index: its operations, and how the index here follows once they are written. */
  #indexAfter(batch: readonly (readonly [string, Change])[]): { operations: StateOperation[]; apply: () => void } {
    const changed = new Map<number, Set<string>>();
    for (const [id, { entry }] of batch) {
      const shard = shardOf(id);
      const known = changed.get(shard) ?? this.#index[shard] ?? new Set();
      if (known.has(id) === (entry !== undefined)) continue;
      const next = changed.get(shard) ?? new Set(known);
      if (entry === undefined) next.delete(id);
      else next.add(id);
      changed.set(shard, next);
    }
    return {
      operations: [...changed].map(([shard, ids]) => ({
        type: "set",
        key: this.#options.keys.index(shard),
        value: encodeIndex(ids),
        metadata: documentMetadata,
      })),
      apply: () => {
        for (const [shard, ids] of changed) this.#index[shard] = ids;
      },
    };
  }
}

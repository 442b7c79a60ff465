import { EventEmitter } from "node:events";
import type { Mecha } from "../mecha.js";
import type { State } from "../state/state.js";
import { Generations } from "./generations.js";
import { entryKey, givenKey, isCurrent, type StoredEntry } from "./stored-entry.js";

/**
 * A store of Keyv 5 over a state store of Mecha: `new Keyv({ store: createKeyvStore(mecha, "cache") })`.
 *
 * TTLs are exact to the millisecond for whoever reads through Keyv; the state store drops the entry within a second after.
 * A state store cannot list its keys, so entries carry the generation of their namespace, and `clear()` changes that: what
 * was cleared is never seen again, but takes room until it is overwritten or expires. Each read asks for generation and entry
 * in one bulk call; a write asks for the generation first. Calls of one tick share their bulk calls.
 *
 * Every failure is a `MechaError`. Keyv itself turns those of writes into an `error` event and `false`, and hides those of
 * `get`, unless it has `throwOnErrors`; so those of `get` are told as an `error` event from here.
 *
 * @param mecha - the connection, which stays the caller's to close
 * @param store - name of the state store's component
 */
export function createKeyvStore(mecha: Pick<Mecha, "state">, store: string): KeyvStore {
  return new KeyvStore(mecha, store);
}

/** What {@link createKeyvStore} makes; it fits `KeyvStoreAdapter` of Keyv 5. */
export class KeyvStore extends EventEmitter {
  /** Set by Keyv. */
  namespace?: string | undefined;
  /** Keyv offers its iterator only for stores that say they are one of those it knows; nothing else is made of it. */
  readonly opts: Record<string, unknown>;
  readonly #state: State<StoredEntry>;
  readonly #generations: Generations;

  /** @internal */
  constructor(mecha: Pick<Mecha, "state">, store: string) {
    super();
    this.opts = { dialect: "redis", url: `mecha:${store}` };
    this.#state = mecha.state<StoredEntry>(store, { coalesce: true });
    this.#generations = new Generations(this.#state);
  }

  /** The value, as Keyv gave it; `undefined` if there is none. Failures are also told as an `error` event. */
  async get<Value>(key: string): Promise<Value | undefined> {
    try {
      const [value] = await this.#read<Value>([key]);
      return value;
    } catch (thrown) {
      if (this.listenerCount("error") > 0) this.emit("error", thrown);
      throw thrown;
    }
  }

  /** The values in the order of the keys. */
  getMany<Value>(keys: readonly string[]): Promise<(Value | undefined)[]> {
    return this.#read<Value>(keys);
  }

  /** Whether there is a value. */
  async has(key: string): Promise<boolean> {
    return (await this.#current([key])).size > 0;
  }

  /** Which of the keys have a value, in their order. */
  async hasMany(keys: readonly string[]): Promise<boolean[]> {
    const current = await this.#current(keys);
    return keys.map((key) => current.has(key));
  }

  /** Writes a value; `ttl` in milliseconds. Keyv's `setMany` sets in one tick, and so in one bulk call. */
  async set(key: string, value: unknown, ttl = Number.POSITIVE_INFINITY): Promise<boolean> {
    const namespace = this.#namespace;
    const generation = await this.#generations.getOrStart(namespace);
    const expires = ttl !== Number.POSITIVE_INFINITY;
    const entry = { g: generation, n: namespace, ...(expires && { e: Date.now() + ttl }), v: value };
    // Never is said too: some stores would keep the end that an overwritten entry had.
    const ttlSeconds = expires ? Math.max(1, Math.ceil(ttl / 1_000)) : -1;
    await this.#state.save(entryKey(namespace, key), entry, { ttlSeconds });
    return true;
  }

  /** Removes a value; says whether there was one. */
  delete(key: string): Promise<boolean> {
    return this.deleteMany([key]);
  }

  /** Removes many values in one call; says whether there was one at least. */
  async deleteMany(keys: readonly string[]): Promise<boolean> {
    const namespace = this.#namespace;
    const current = await this.#current(keys);
    await this.#state.deleteMany([...current.keys()].map((key) => entryKey(namespace, key)));
    return current.size > 0;
  }

  /** Forgets everything in the namespace that was written before. */
  clear(): Promise<void> {
    return this.#generations.renew(this.#namespace);
  }

  /**
   * The entries of a namespace, in no order.
   *
   * @throws MechaError `UNIMPLEMENTED` for a state store that cannot be queried.
   */
  async *iterator<Value>(namespace = this.#namespace): AsyncGenerator<[string, Value | undefined], void> {
    const generation = await this.#generations.get(namespace);
    if (generation === undefined) return;
    for await (const found of this.#state.query({ filter: { EQ: { n: namespace } } })) {
      if (found.error !== undefined) throw found.error;
      // What the store holds is what this class wrote, of values that Keyv gave.
      if (isCurrent(found.value, generation)) yield [givenKey(found.key), found.value.v as Value | undefined];
    }
  }

  get #namespace(): string {
    return this.namespace ?? "";
  }

  async #read<Value>(keys: readonly string[]): Promise<(Value | undefined)[]> {
    const current = await this.#current(keys);
    return keys.map((key) => current.get(key)?.v as Value | undefined);
  }

  /** The entries that count, by the keys as given. */
  async #current(keys: readonly string[]): Promise<ReadonlyMap<string, StoredEntry>> {
    const namespace = this.#namespace;
    const wanted = [...new Set(keys)];
    if (wanted.length === 0) return new Map();
    // Asked for in one tick, so that they become one call.
    const [generation, ...found] = await Promise.all([
      this.#generations.get(namespace),
      ...wanted.map(async (key) => [key, (await this.#state.get(entryKey(namespace, key)))?.value] as const),
    ]);
    const current = new Map<string, StoredEntry>();
    for (const [key, entry] of found) if (entry !== undefined && isCurrent(entry, generation)) current.set(key, entry);
    return current;
  }
}

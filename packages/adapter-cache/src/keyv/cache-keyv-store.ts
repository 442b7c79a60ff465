import { EventEmitter } from "node:events";
import {
  type CacheRoute,
  type CallCounter,
  callCounter,
  createLazySession,
  type LazySession,
  resolveCacheRoute,
} from "@mecha/adapter-kit";
import { MechaError } from "@mecha/sdk-core";
import { createKeyvStore as createStateStore, type KeyvStore } from "@mecha/sdk-core/keyv";
import type { CacheAddress } from "../cache-link.js";
import { readAddress } from "./read-address.js";

/**
 * A store of Keyv 5 for the cache that the settings name for an address, as `new KeyvRedis("redis://…")` of `@keyv/redis` is one
 * for a server: `new Keyv({ store: createKeyvStore("redis://sessions.acme.internal:6379/2") })`.
 *
 * Rules of kind Adapters choose the state store, as for clients of Redis; without rules it is the only one there is. What is kept
 * there, and how, is that of `createKeyvStore` of `@mecha/sdk-core/keyv`; nothing of it is what `@keyv/redis` writes. The process's
 * connection is opened with the first call, and given back by `disconnect()`, which Keyv has too.
 *
 * Every failure is a `MechaError`: `CONFIGURATION_INVALID` where no state store is named, the store's own else.
 *
 * @param address - a `redis://` URL, or its parts
 * @throws MechaError `INVALID_ARGUMENT` for a text that is no such URL
 */
export function createKeyvStore(address: string | CacheAddress = "redis://localhost:6379"): CacheKeyvStore {
  return new CacheKeyvStore(typeof address === "string" ? readAddress(address) : address);
}

/** What calls go to. */
interface Opened {
  readonly store: KeyvStore;
  readonly counter: CallCounter | undefined;
}

/** What {@link createKeyvStore} makes; it fits `KeyvStoreAdapter` of Keyv 5. */
export class CacheKeyvStore extends EventEmitter {
  /** Set by Keyv. */
  namespace?: string | undefined;
  /** Keyv offers its iterator only for stores that say they are one of those it knows; nothing else is made of it. */
  readonly opts: Record<string, unknown>;
  readonly #address: CacheAddress;
  readonly #session: LazySession = createLazySession();
  #opening: Promise<Opened> | undefined;

  /** @internal */
  constructor(address: CacheAddress) {
    super();
    this.opts = { dialect: "redis", url: `mecha:${address.host ?? ""}` };
    this.#address = address;
  }

  /** The value, as Keyv gave it; `undefined` if there is none. Failures are also told as an `error` event. */
  async get<Value>(key: string): Promise<Value | undefined> {
    try {
      return await this.#call("get", (store) => store.get<Value>(key));
    } catch (thrown) {
      if (this.listenerCount("error") > 0) this.emit("error", thrown);
      throw thrown;
    }
  }

  /** The values in the order of the keys. */
  getMany<Value>(keys: readonly string[]): Promise<(Value | undefined)[]> {
    return this.#call("getMany", (store) => store.getMany<Value>(keys));
  }

  /** Whether there is a value. */
  has(key: string): Promise<boolean> {
    return this.#call("has", (store) => store.has(key));
  }

  /** Which of the keys have a value, in their order. */
  hasMany(keys: readonly string[]): Promise<boolean[]> {
    return this.#call("hasMany", (store) => store.hasMany(keys));
  }

  /** Writes a value; `ttl` in milliseconds. */
  set(key: string, value: unknown, ttl?: number): Promise<boolean> {
    return this.#call("set", (store) => store.set(key, value, ttl));
  }

  /** Removes a value; says whether there was one. */
  delete(key: string): Promise<boolean> {
    return this.#call("delete", (store) => store.delete(key));
  }

  /** Removes many values in one call; says whether there was one at least. */
  deleteMany(keys: readonly string[]): Promise<boolean> {
    return this.#call("deleteMany", (store) => store.deleteMany(keys));
  }

  /** Forgets everything in the namespace that was written before. */
  clear(): Promise<void> {
    return this.#call("clear", (store) => store.clear());
  }

  /**
   * The entries of a namespace, in no order.
   *
   * @throws MechaError `UNIMPLEMENTED` for a state store that cannot be queried.
   */
  async *iterator<Value>(namespace = this.namespace ?? ""): AsyncGenerator<[string, Value | undefined], void> {
    const { store } = await this.#open();
    yield* store.iterator<Value>(namespace);
  }

  /** Gives the connection back, for good. Idempotent. */
  disconnect(): Promise<void> {
    return this.#session.close();
  }

  async #call<T>(name: string, call: (store: KeyvStore) => Promise<T>): Promise<T> {
    const { namespace } = this;
    const { store, counter } = await this.#open();
    // It is read before anything is waited for.
    store.namespace = namespace;
    if (counter === undefined) return call(store);
    const begun = performance.now();
    try {
      return await call(store);
    } finally {
      counter.record(name, (performance.now() - begun) * 1_000);
    }
  }

  async #open(): Promise<Opened> {
    const { mecha, routing } = await this.#session.get();
    this.#opening ??= Promise.resolve().then(() => {
      const route = resolveCacheRoute(routing, { ...this.#address });
      requireState(route);
      const { component, type, backend } = route;
      const counter = callCounter({ adapter: "cache", component, type, backend });
      return { store: createStateStore(mecha, component), counter };
    });
    return this.#opening;
  }
}

function requireState({ component, type, runsCommands }: CacheRoute): void {
  if (!runsCommands) return;
  throw new MechaError(
    "CONFIGURATION_INVALID",
    `The rule names "${component}" (${type}), which runs commands of Redis; Keyv needs a state store: write "state: NAME"`,
    { operation: "keyv.open", component },
  );
}

/** The values of one store in memory. */
export interface MemoryConfiguration {
  /** The value of a key and its version. */
  get(key: string): { readonly value: string; readonly version: string } | undefined;
  /** Writes a value; the versions of a store are numbers that never repeat. */
  set(key: string, value: string): void;
  remove(key: string): void;
  keys(): readonly string[];
  /** Has a listener told of each key that was written or removed; the result takes it away. */
  listen(listener: (key: string) => void): () => void;
}

/** An ESM and a CJS copy of this package may live in one process, and must see the same values. */
const storesKey = Symbol.for("mecha.configuration.in-memory/1");
const shared = globalThis as unknown as Record<symbol, Map<string, MemoryConfiguration> | undefined>;

/**
 * The values of the component `configuration.in-memory` of a name, for tests that change them:
 * `memoryConfiguration("settings").set("colour", "blue")`. All runtimes of the process share them.
 */
export function memoryConfiguration(name: string): MemoryConfiguration {
  const stores = (shared[storesKey] ??= new Map<string, MemoryConfiguration>());
  const known = stores.get(name);
  if (known !== undefined) return known;
  const created = createMemoryConfiguration();
  stores.set(name, created);
  return created;
}

function createMemoryConfiguration(): MemoryConfiguration {
  const values = new Map<string, { readonly value: string; readonly version: string }>();
  const listeners = new Set<(key: string) => void>();
  let lastVersion = 0;
  const tell = (key: string): void => {
    for (const listener of listeners) listener(key);
  };
  return {
    get: (key) => values.get(key),
    set(key, value) {
      values.set(key, { value, version: String(++lastVersion) });
      tell(key);
    },
    remove(key) {
      if (values.delete(key)) tell(key);
    },
    keys: () => [...values.keys()],
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

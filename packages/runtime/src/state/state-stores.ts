import type { StateStore } from "@mecha/spec";
import type { Registry, RunningComponent } from "../registry.js";
import type { StateExtras } from "./state-extras.js";
import { stateKeys, type StateKeys } from "./state-key.js";

/** A state store as the handlers use it. */
interface OpenStateStore {
  readonly name: string;
  /** Encrypts and decrypts, where the component says so. */
  readonly store: StateStore;
  readonly isEncrypted: boolean;
  readonly keys: StateKeys;
}

/** Finds the state store that a request names. */
export type StateStores = (storeName: string) => OpenStateStore;

/** Makes the lookup of state stores; key prefixes are worked out once a store. */
export function createStateStores(registry: Registry, appId: string): StateStores {
  const known = new WeakMap<RunningComponent, OpenStateStore>();
  return (storeName) => {
    const running = registry.get("state", storeName);
    const found = known.get(running);
    if (found !== undefined) return found;
    const { component, encryption }: RunningComponent<"state"> & StateExtras = running;
    const opened = {
      name: storeName,
      store: encryption === undefined ? component : encryption.around(component),
      isEncrypted: encryption !== undefined,
      keys: stateKeys(running, appId),
    };
    known.set(running, opened);
    return opened;
  };
}

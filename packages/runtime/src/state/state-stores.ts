import type { StatePlaces } from "@mecha/sdk-core/protocol";
import type { StateStore } from "@mecha/spec";
import type { Registry, RunningComponent } from "../registry.js";
import type { StateExtras } from "./state-extras.js";
import { bareComponent } from "../resiliency/bare-component.js";
import { stateKeys, type StateKeys } from "./state-key.js";

/** A state store as the handlers use it. */
interface OpenStateStore {
  readonly name: string;
  /** Encrypts and decrypts, where the component says so. */
  readonly store: StateStore;
  readonly isEncrypted: boolean;
  readonly keys: StateKeys;
  /** Where its values lie, if that is in this process and as they are. */
  readonly places: StatePlaces | undefined;
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
    const store = encryption === undefined ? component : encryption.around(component);
    const keys = stateKeys(running, appId);
    const isEncrypted = encryption !== undefined;
    const opened = { name: storeName, store, isEncrypted, keys, places: placesOf(store, keys) };
    known.set(running, opened);
    return opened;
  };
}

/** Makes the lookup of the places of a store's values; `undefined` also for a store that there is not. It is asked for each command. */
export function createStatePlaces(
  registry: Registry,
  stores: StateStores,
): (storeName: string) => StatePlaces | undefined {
  let last: (Pick<OpenStateStore, "places"> & { readonly running: RunningComponent }) | undefined;
  return (storeName) => {
    const running = registry.find("state", storeName);
    if (running === undefined) return undefined;
    if (last?.running !== running) last = { running, places: stores(storeName).places };
    return last.places;
  };
}

function placesOf(store: StateStore, keys: StateKeys): StatePlaces | undefined {
  // A policy is for each call; one around a store has all members of the store.
  const placeOf = bareComponent(store) === store ? store.placeOf?.bind(store) : undefined;
  return placeOf && { of: (key) => placeOf(keys.stored(key)) };
}

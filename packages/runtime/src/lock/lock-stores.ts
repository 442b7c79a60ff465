import type { LockStore } from "@mecha/spec";
import { daprError } from "../errors/dapr-error.js";
import type { Registry, RunningComponent } from "../registry.js";
import { lockKeys, type LockKeys } from "./lock-key.js";

/** A lock store as the handlers use it. */
interface OpenLockStore {
  readonly store: LockStore;
  readonly stored: LockKeys;
}

/** What every request about a lock names. */
interface NamedLock {
  readonly storeName: string;
  readonly resourceId: string;
  readonly lockOwner: string;
}

/** Checks what a request names, in daprd's order, and finds its lock store. */
export type LockStores = (request: NamedLock) => OpenLockStore;

/** Makes the lookup of lock stores; key prefixes are worked out once a store. */
export function createLockStores(registry: Registry, appId: string): LockStores {
  const known = new WeakMap<RunningComponent, OpenLockStore>();
  return ({ storeName, resourceId, lockOwner }) => {
    registry.requireKind("lock", storeName);
    if (resourceId === "") throw daprError("lockMalformed", `ResourceId is empty in lock store ${storeName}`);
    if (lockOwner === "") throw daprError("lockMalformed", `LockOwner is empty in lock store ${storeName}`);
    const running = registry.get("lock", storeName);
    const found = known.get(running);
    if (found !== undefined) return found;
    const opened = { store: running.component, stored: lockKeys(running, appId) };
    known.set(running, opened);
    return opened;
  };
}

import type { DaprHandlers } from "@mecha/sdk-core/protocol";
import type { Registry } from "../registry.js";
import { createLockStores } from "./lock-stores.js";
import { tryLock } from "./try-lock.js";
import { unlock } from "./unlock.js";

/** The RPCs of the lock building block. */
export function lockHandlers(registry: Registry, appId: string): DaprHandlers {
  const stores = createLockStores(registry, appId);
  return { tryLockAlpha1: tryLock(stores), unlockAlpha1: unlock(stores) };
}

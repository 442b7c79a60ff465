import type { DaprHandlers } from "@mecha/sdk-core/protocol";
import type { Registry } from "../registry.js";
import { createLockStores } from "./lock-stores.js";
import { tryLock } from "./try-lock.js";
import { unlock } from "./unlock.js";

/** The RPCs of the lock building block. */
export type LockBlock = Required<Pick<DaprHandlers, "tryLockAlpha1" | "unlockAlpha1">>;

/** Makes the handlers of the lock building block. */
export function createLockBlock(registry: Registry, appId: string): LockBlock {
  const stores = createLockStores(registry, appId);
  return { tryLockAlpha1: tryLock(stores), unlockAlpha1: unlock(stores) };
}

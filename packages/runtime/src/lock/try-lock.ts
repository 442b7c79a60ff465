import type { lock, UnaryHandler } from "@mecha/sdk-core/protocol";
import { cancellationOf } from "../doors/cancellation.js";
import { componentFailure, daprError } from "../errors/dapr-error.js";
import type { LockStores } from "./lock-stores.js";

/** Dapr's TryLockAlpha1: takes a lock, or says at once that it is taken. */
export function tryLock(stores: LockStores): UnaryHandler<lock.TryLockRequest, lock.TryLockResponse> {
  return async (request, context) => {
    const { storeName, resourceId, lockOwner, expiryInSeconds } = request;
    if (expiryInSeconds <= 0) {
      throw daprError("lockMalformed", `ExpiryInSeconds is not positive in lock store ${storeName}`);
    }
    const { store, stored } = stores(request);
    try {
      const wanted = { resource: stored(resourceId), owner: lockOwner, expirySeconds: expiryInSeconds };
      return { success: await store.tryLock(wanted, cancellationOf(context)) };
    } catch (thrown) {
      throw componentFailure("lockTry", "failed to try acquiring lock", thrown, storeName);
    }
  };
}

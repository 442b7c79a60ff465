import { lock, type UnaryHandler } from "@mecha/sdk-core/protocol";
import type { UnlockOutcome } from "@mecha/spec";
import { cancellationOf } from "../doors/cancellation.js";
import { componentFailure } from "../errors/dapr-error.js";
import type { LockStores } from "./lock-stores.js";

const { UnlockResponse_Status: Status } = lock;

const statusOf: Readonly<Record<UnlockOutcome, lock.UnlockResponse_Status>> = {
  released: Status.SUCCESS,
  "not-held": Status.LOCK_DOES_NOT_EXIST,
  "held-by-another": Status.LOCK_BELONGS_TO_OTHERS,
};

/** Dapr's UnlockAlpha1: releases a lock for its owner; its status tells how that ended. */
export function unlock(stores: LockStores): UnaryHandler<lock.UnlockRequest, lock.UnlockResponse> {
  return async (request, context) => {
    const { storeName, resourceId, lockOwner } = request;
    const { store, stored } = stores(request);
    try {
      const outcome = await store.unlock({ resource: stored(resourceId), owner: lockOwner }, cancellationOf(context));
      return { status: statusOf[outcome] };
    } catch (thrown) {
      throw componentFailure("lockUnlock", "failed to release lock", thrown, storeName);
    }
  };
}

import type { Component } from "./component.js";

/** Who wants which lock, and for how long. */
export interface LockRequest {
  /** Name of the lock on the backend; the runtime has put its prefix before it. */
  readonly resource: string;
  /** Who takes it. */
  readonly owner: string;
  /** After how many whole seconds it ends by itself; 1 or more. */
  readonly expirySeconds: number;
}

/** How a release ended: `not-held`, because there is no such lock (any more); `held-by-another`, because another owner has it. */
export type UnlockOutcome = "released" | "not-held" | "held-by-another";

/** A store of locks that end by themselves after a time. */
export interface LockStore extends Component {
  /** Takes a lock; `false` if it is taken, also by the same owner. Does not wait. */
  tryLock(request: LockRequest, options?: { readonly signal?: AbortSignal }): Promise<boolean>;
  /** Releases a lock for its owner, and leaves it alone if another has it. */
  unlock(
    request: Pick<LockRequest, "resource" | "owner">,
    options?: { readonly signal?: AbortSignal },
  ): Promise<UnlockOutcome>;
}

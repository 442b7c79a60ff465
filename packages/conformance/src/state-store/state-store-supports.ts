import type { StateFeature } from "@mecha/spec";

/** What a state store promises beyond the contract's core; `stateStoreSuite` holds it to exactly this. */
export interface StateStoreSupports {
  /** What the store must advertise, no more and no less; TTL, TRANSACTIONAL and QUERY_API switch on their tests. ETAG is required of all. */
  readonly features: readonly StateFeature[];
  /** An ETag that the store could never have given, if it can tell; such one must be `ETAG_INVALID`. */
  readonly malformedEtag?: string;
  /** An ETag of the right form that the store does not give to first values. */
  readonly foreignEtag: string;
  /** Whether an ETag stays stale when its key is removed and written again. */
  readonly etagsNeverRepeat: boolean;
  /** Protocol of the store's native sessions; absent if it must have none. */
  readonly nativeProtocol?: string;
}

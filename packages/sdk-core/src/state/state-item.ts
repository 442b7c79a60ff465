import { MechaError } from "@mecha/spec";
import {
  StateOptions_StateConcurrency as Concurrency,
  StateOptions_StateConsistency as Consistency,
  type StateItem,
} from "../generated/dapr/proto/common/v1/common.js";
import type { Metadata } from "../transport/transport.js";
import { checkEtag, type StoreProfile } from "./store-profile.js";
import type { DeleteOptions, SaveOptions, StateConsistency } from "./state-options.js";

/** Longest time to live: what fits into the 32 bits that stores give it. */
const longestTtlSeconds = 2 ** 31 - 1;

/** The value of a removal. */
const noValue = Buffer.alloc(0);

/** Shared by all requests without metadata; nobody writes into a request. */
export const noMetadata: Record<string, string> = {};

/** Whether a write has a condition: an ETag, or that there is nothing yet. */
export function isConditional({ etag, concurrency }: Pick<SaveOptions, "etag" | "concurrency">): boolean {
  return etag !== undefined || concurrency === "first-write";
}

/** What a write without options is on the wire. */
export function plainItem(key: string, value: Buffer): StateItem {
  return { key, value, etag: undefined, metadata: noMetadata, options: undefined };
}

/**
 * A write with its options as the Dapr API has it, or rather as the store understands it.
 *
 * @param profile - what is known of the store; needed for writes with a condition
 */
export function toStateItem(
  write: { readonly key: string; readonly value: Buffer },
  options: SaveOptions,
  store: { readonly name: string; readonly profile?: StoreProfile | undefined },
): StateItem {
  const { etag, concurrency, ttlSeconds, consistency, metadata } = options;
  if (etag !== undefined) {
    if (concurrency === "last-write") throw contradictory(store.name, write.key);
    checkEtag(store.name, store.profile, { key: write.key, etag });
  }
  const condition = conditionOf(options, store.profile);
  return {
    key: write.key,
    value: write.value,
    etag: condition.etag === undefined ? undefined : { value: condition.etag },
    metadata: metadataOf(metadata, ttlSeconds, { component: store.name, key: write.key }),
    options: { concurrency: condition.concurrency, consistency: consistencyOf(consistency) },
  };
}

/**
 * A removal with its options as the Dapr API has it.
 *
 * @throws MechaError `INVALID_ARGUMENT` for first-write without an ETag, which one store ignores and another refuses
 */
export function toRemoval(
  key: string,
  options: DeleteOptions,
  store: { readonly name: string; readonly profile?: StoreProfile | undefined },
): StateItem {
  if (options.concurrency === "first-write" && options.etag === undefined)
    throw new MechaError(
      "INVALID_ARGUMENT",
      `Removing key "${key}" of state store "${store.name}" with first-write needs the ETag of the value to remove`,
      { component: store.name, metadata: { key } },
    );
  return toStateItem({ key, value: noValue }, options, store);
}

/** The Dapr API's name for a consistency. */
export function consistencyOf(consistency: StateConsistency | undefined): Consistency {
  if (consistency === undefined) return Consistency.CONSISTENCY_UNSPECIFIED;
  return consistency === "strong" ? Consistency.CONSISTENCY_STRONG : Consistency.CONSISTENCY_EVENTUAL;
}

interface Condition {
  readonly etag: string | undefined;
  readonly concurrency: Concurrency;
}

function conditionOf(options: SaveOptions, profile: StoreProfile | undefined): Condition {
  const { etag, concurrency, metadata } = options;
  if (!isConditional(options)) {
    return {
      etag: undefined,
      concurrency: concurrency === undefined ? Concurrency.CONCURRENCY_UNSPECIFIED : Concurrency.CONCURRENCY_LAST_WRITE,
    };
  }
  // In its JSON form the store counts on from the ETag that it is given, so that one of ours would spoil the next.
  if (profile?.createOnlyEtag !== undefined && metadata?.["contentType"] === undefined)
    return { etag: etag ?? profile.createOnlyEtag, concurrency: Concurrency.CONCURRENCY_UNSPECIFIED };
  // An ETag without a concurrency mode would be ignored by some stores.
  return { etag, concurrency: Concurrency.CONCURRENCY_FIRST_WRITE };
}

function metadataOf(
  metadata: Metadata | undefined,
  ttlSeconds: number | undefined,
  { component, key }: { readonly component: string; readonly key: string },
): Record<string, string> {
  if (ttlSeconds === undefined) return metadata === undefined ? noMetadata : { ...metadata };
  if (!Number.isInteger(ttlSeconds) || ttlSeconds === 0 || ttlSeconds < -1 || ttlSeconds > longestTtlSeconds)
    throw new MechaError(
      "INVALID_ARGUMENT",
      `Key "${key}" of state store "${component}" cannot live for ${String(ttlSeconds)} seconds; give a whole number from 1 to ${String(longestTtlSeconds)}, or -1 for ever`,
      { component, metadata: { key } },
    );
  return { ...metadata, ttlInSeconds: String(ttlSeconds) };
}

function contradictory(component: string, key: string): MechaError {
  return new MechaError(
    "INVALID_ARGUMENT",
    `Key "${key}" of state store "${component}" was given an ETag and last-write, which ignores ETags; leave one of them out`,
    { component, metadata: { key } },
  );
}

import type { common } from "@mecha/sdk-core/protocol";
import { firstWrite } from "@mecha/sdk-core/protocol-core";
import type { StateDelete, StateSet, StateStore } from "@mecha/spec";
import { type DaprFailure, refusedRequest } from "../errors/dapr-error.js";
import type { StateKeys } from "./state-key.js";

/** What the deleting requests have in common. */
export interface DeleteRequest {
  readonly key: string;
  readonly etag?: common.Etag | undefined;
}

/** How a write is made of a request. */
export interface StateSetOptions {
  /** What is said of an expiry that cannot be read. @defaultValue `stateSave` */
  readonly failure?: "stateSave" | "stateTransaction";
  /** Where it goes. @defaultValue a store that needs a copy of the value */
  readonly store?: Pick<StateStore, "takesValuesAtOnce">;
  /** The value was given as a JSON value. @defaultValue `false` */
  readonly isJson?: boolean;
}

/** The write that a state item asks for. The caller's buffer is its own again: the value is copied, unless the store takes it at once. */
export function toStateSet(
  item: common.StateItem,
  keys: Pick<StateKeys, "stored">,
  { failure = "stateSave", store, isJson }: StateSetOptions = {},
): StateSet {
  const { etag, metadata, options } = item;
  const value = store?.takesValuesAtOnce === true ? item.value : Buffer.from(item.value);
  const set: Writable<StateSet> = { type: "set", key: keys.stored(item.key), value, metadata };
  // Most writes have none of these: to look is cheaper than to spread what is empty.
  if (etag !== undefined && etag.value !== "") set.etag = etag.value;
  if (options?.concurrency === firstWrite) set.firstWrite = true;
  if (isJson === true) set.isJson = true;
  const ttlSeconds = ttlOf(metadata, failure);
  if (ttlSeconds !== undefined) set.ttlSeconds = ttlSeconds;
  return set;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** The removal that a request asks for. */
export function toStateDelete({ key, etag }: DeleteRequest, keys: Pick<StateKeys, "stored">): StateDelete {
  return { type: "delete", key: keys.stored(key), ...etagOf(etag) };
}

/** An empty ETag is none, as in daprd. */
function etagOf(etag: common.Etag | undefined): { readonly etag?: string } {
  return etag === undefined || etag.value === "" ? {} : { etag: etag.value };
}

/** `ttlInSeconds` as daprd's stores read it: a whole number; 0 and less (daprd's -1) mean no expiry. */
function ttlOf(metadata: Readonly<Record<string, string>>, failure: DaprFailure): number | undefined {
  const text = metadata["ttlInSeconds"];
  if (text === undefined || text === "") return undefined;
  const seconds = Number(text);
  if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(seconds)) {
    throw refusedRequest(failure, `ttlInSeconds is "${text}"; a whole number of seconds is needed`);
  }
  return seconds > 0 ? seconds : undefined;
}

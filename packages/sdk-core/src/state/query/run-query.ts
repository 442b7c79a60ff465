import { MechaError } from "@mecha/spec";
import { decodeValue } from "../../codec.js";
import type { QueryStateItem } from "../../generated/dapr/proto/runtime/v1/state.js";
import { stateMethods } from "../../generated/methods/state.js";
import { callOf, type CallEnd } from "../../transport/call-options.js";
import type { Metadata, Transport } from "../../transport/transport.js";
import { subjectOf, type ValueReader } from "../state-entry.js";
import type { StateQuery } from "./state-query.js";

/** How to run a query. */
export interface StateQueryOptions extends CallEnd {
  /** Metadata for the component, for example `queryIndexName` of `state.redis`. */
  readonly metadata?: Metadata;
}

/** A value that a query found. */
export type StateQueryResult<T> = QueriedValue<T> | UnreadableValue;

/** A value that was found and read. */
export interface QueriedValue<T> {
  readonly key: string;
  readonly value: T;
  /** Names this version of the value; empty where the store gives none. */
  readonly etag: string;
  readonly error: undefined;
}

/** A value that was found and could not be read. */
export interface UnreadableValue {
  readonly key: string;
  readonly value: undefined;
  readonly etag: string;
  readonly error: MechaError;
}

/** One page of what a query found. */
export interface StateQueryPage<T> {
  readonly results: readonly StateQueryResult<T>[];
  /** Where the next page begins; `undefined` after the last. */
  readonly token: string | undefined;
  /** What the component says of the page. */
  readonly metadata: Metadata;
}

/** Runs a query for one page (QueryStateAlpha1). */
export async function queryPage<T>(
  transport: Transport,
  reader: ValueReader,
  { query, options }: { readonly query: StateQuery; readonly options: StateQueryOptions },
): Promise<StateQueryPage<T>> {
  const { storeName } = reader;
  const { filter = {}, sort, page } = query;
  const request = { storeName, query: JSON.stringify({ filter, sort, page }), metadata: { ...options.metadata } };
  const subject = { operation: "state.query", component: storeName, idempotent: true };
  try {
    const answer = await transport.unary(stateMethods.queryStateAlpha1, request, callOf(subject, options));
    return {
      results: answer.results.map((item) => toResult<T>(reader, item)),
      token: answer.token === "" || answer.results.length === 0 ? undefined : answer.token,
      metadata: answer.metadata,
    };
  } catch (thrown) {
    throw queryFailure(thrown, storeName);
  }
}

/** Runs a query page by page, as far as the results are asked for. */
export async function* queryAll<T>(
  transport: Transport,
  reader: ValueReader,
  { query, options }: { readonly query: StateQuery; readonly options: StateQueryOptions },
): AsyncGenerator<StateQueryResult<T>, void, undefined> {
  let next: StateQuery = query;
  for (;;) {
    const { results, token } = await queryPage<T>(transport, reader, { query: next, options });
    yield* results;
    if (token === undefined || token === next.page?.token) return;
    next = { ...query, page: { ...query.page, token } };
  }
}

function toResult<T>(
  { storeName, codec }: ValueReader,
  { key, data, etag, error }: QueryStateItem,
): StateQueryResult<T> {
  if (error !== "") return { key, value: undefined, etag, error: unreadable(storeName, key, error) };
  try {
    // The caller names the type of what the store holds; nothing here can check it.
    return { key, value: decodeValue(data, codec, subjectOf(storeName, key)) as T, etag, error: undefined };
  } catch (thrown) {
    return { key, value: undefined, etag, error: MechaError.from(thrown) };
  }
}

function unreadable(component: string, key: string, reason: string): MechaError {
  return new MechaError("INTERNAL", `${subjectOf(component, key)} could not be read: ${reason}`, {
    component,
    operation: "state.query",
    metadata: { key },
  });
}

/** daprd calls a store without queries an internal error. */
function queryFailure(thrown: unknown, component: string): MechaError {
  const error = MechaError.from(thrown);
  const { reason } = error;
  if (reason !== "DAPR_STATE_QUERYING_NOT_SUPPORTED") return error;
  const message = `State store "${component}" cannot be queried; use a store with the capability QUERY_API, or read by key`;
  return new MechaError("UNIMPLEMENTED", message, { cause: error, reason, component, operation: "state.query" });
}

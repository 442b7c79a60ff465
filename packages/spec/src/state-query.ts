/** A value that a query compares with. */
export type StateQueryValue = string | number | boolean | null;

/**
 * What a query asks of values. A field that a value does not have meets no comparison; `GT` and its like compare numbers with
 * numbers and texts with texts (by code point), and nothing else.
 */
export type StateCondition =
  | {
      readonly operator: "EQ" | "NEQ" | "GT" | "GTE" | "LT" | "LTE";
      /** The field, with dots between the names of nested ones. */
      readonly key: string;
      readonly value: StateQueryValue;
    }
  | { readonly operator: "IN"; readonly key: string; readonly values: readonly StateQueryValue[] }
  | { readonly operator: "AND" | "OR"; readonly conditions: readonly StateCondition[] };

/** One step of a query's order. */
export interface StateSort {
  /** The field, with dots between the names of nested ones. */
  readonly key: string;
  readonly descending: boolean;
}

/** A query over the values of a store, which are JSON documents; values that are none are not found. */
export interface StateQuery {
  /** Absent: every value. */
  readonly condition?: StateCondition;
  /** The most important field first; among equals, by key. */
  readonly sort: readonly StateSort[];
  /** Most results of this page; absent: all. */
  readonly limit?: number;
  /** Where to go on: the token of an earlier page. */
  readonly token?: string;
  /** Only keys that begin with this and have no `||` after it: those of the app that asks. */
  readonly keyPrefix: string;
}

/** How to query. */
export interface StateQueryOptions {
  /** Metadata of the request, as the Dapr API carries it. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** A value that a query found. */
export interface StateQueryItem {
  /** As it is stored, with its prefix. */
  readonly key: string;
  readonly value: Uint8Array;
  readonly etag: string;
}

/** One page of what a query found. */
export interface StateQueryPage {
  readonly items: readonly StateQueryItem[];
  /** Where the next page begins; absent after the last. */
  readonly token?: string;
}

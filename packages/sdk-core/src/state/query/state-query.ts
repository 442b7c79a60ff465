/** A value that a query compares with. */
export type QueryValue = string | number | boolean | null;

/**
 * What a query asks of values, in the form of Dapr's state query language: one operator, with one field (or a list of
 * further conditions) under it.
 */
export type QueryFilter =
  | { readonly EQ: Readonly<Record<string, QueryValue>> }
  | { readonly NEQ: Readonly<Record<string, QueryValue>> }
  | { readonly GT: Readonly<Record<string, QueryValue>> }
  | { readonly GTE: Readonly<Record<string, QueryValue>> }
  | { readonly LT: Readonly<Record<string, QueryValue>> }
  | { readonly LTE: Readonly<Record<string, QueryValue>> }
  | { readonly IN: Readonly<Record<string, readonly QueryValue[]>> }
  | { readonly AND: readonly QueryFilter[] }
  | { readonly OR: readonly QueryFilter[] };

/** One step of a query's order. */
export interface QuerySort {
  /** The field, with dots between the names of nested ones. */
  readonly key: string;
  /** @defaultValue `ASC` */
  readonly order?: "ASC" | "DESC";
}

/** A query in Dapr's state query language. */
export interface StateQuery {
  /** @defaultValue every value */
  readonly filter?: QueryFilter;
  /** The order of the results, the most important field first. @defaultValue the store's own */
  readonly sort?: readonly QuerySort[];
  /** Which part of the results is asked for at once. */
  readonly page?: {
    /** Most results in one page. @defaultValue the store's own */
    readonly limit?: number;
    /** Where to go on: the token of an earlier page. */
    readonly token?: string;
  };
}

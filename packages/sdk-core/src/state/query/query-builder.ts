import type { QueryFilter, QuerySort, QueryValue, StateQuery } from "./state-query.js";

/** Names of the fields of values of type T, nested ones with dots; any text where the type is not known. */
export type FieldOf<T> = unknown extends T ? string : FieldPath<T, [1, 1, 1, 1]>;

/** Goes as deep as `Depth` is long: types may refer to themselves. */
type FieldPath<T, Depth extends readonly unknown[]> = Depth extends readonly [unknown, ...infer Rest]
  ? T extends readonly unknown[] | Date
    ? never
    : T extends object
      ? { [K in keyof T & string]: K | `${K}.${FieldPath<NonNullable<T[K]>, Rest>}` }[keyof T & string]
      : never
  : never;

/** Makes the conditions of a query over values of type T. */
export interface FilterBuilder<T> {
  /** The field has the value. */
  eq(field: FieldOf<T>, value: QueryValue): QueryFilter;
  /** The field has another value. */
  neq(field: FieldOf<T>, value: QueryValue): QueryFilter;
  /** The field is greater. */
  gt(field: FieldOf<T>, value: QueryValue): QueryFilter;
  /** The field is greater or equal. */
  gte(field: FieldOf<T>, value: QueryValue): QueryFilter;
  /** The field is less. */
  lt(field: FieldOf<T>, value: QueryValue): QueryFilter;
  /** The field is less or equal. */
  lte(field: FieldOf<T>, value: QueryValue): QueryFilter;
  /** The field has one of the values. */
  in(field: FieldOf<T>, values: readonly QueryValue[]): QueryFilter;
  /** All conditions hold. */
  and(...conditions: readonly QueryFilter[]): QueryFilter;
  /** At least one condition holds. */
  or(...conditions: readonly QueryFilter[]): QueryFilter;
}

const filters: FilterBuilder<unknown> = {
  eq: (field, value) => ({ EQ: { [field]: value } }),
  neq: (field, value) => ({ NEQ: { [field]: value } }),
  gt: (field, value) => ({ GT: { [field]: value } }),
  gte: (field, value) => ({ GTE: { [field]: value } }),
  lt: (field, value) => ({ LT: { [field]: value } }),
  lte: (field, value) => ({ LTE: { [field]: value } }),
  in: (field, values) => ({ IN: { [field]: values } }),
  and: (...conditions) => ({ AND: conditions }),
  or: (...conditions) => ({ OR: conditions }),
};

/** A query that is being put together; every step gives a new one. It is itself a {@link StateQuery}. */
export interface StateQueryBuilder<T> extends StateQuery {
  /** Keeps values for which the condition holds; several calls must all hold. */
  where(condition: (is: FilterBuilder<T>) => QueryFilter): StateQueryBuilder<T>;
  /** Orders by a field, after the fields of earlier calls. */
  orderBy(field: FieldOf<T>, order?: "ASC" | "DESC"): StateQueryBuilder<T>;
  /** Most results that the runtime gives at once. */
  limit(count: number): StateQueryBuilder<T>;
  /** Goes on where an earlier page ended. */
  from(token: string): StateQueryBuilder<T>;
}

/**
 * Begins a query over the values of a store: `stateQuery<Order>().where((is) => is.eq("paid", true)).limit(50)`.
 *
 * @typeParam T - the type of the values; its fields are checked
 */
export function stateQuery<T = unknown>(): StateQueryBuilder<T> {
  return builder<T>({});
}

function builder<T>(query: StateQuery): StateQueryBuilder<T> {
  const { filter, sort = [], page } = query;
  return {
    ...query,
    where(condition) {
      // The names of the fields were checked by the type of T; the builder itself takes any.
      const next = condition(filters as FilterBuilder<T>);
      return builder({ ...query, filter: filter === undefined ? next : both(filter, next) });
    },
    orderBy: (key, order) => {
      const step: QuerySort = order === undefined ? { key } : { key, order };
      return builder({ ...query, sort: [...sort, step] });
    },
    limit: (count) => builder({ ...query, page: { ...page, limit: count } }),
    from: (token) => builder({ ...query, page: { ...page, token } }),
  };
}

function both(first: QueryFilter, second: QueryFilter): QueryFilter {
  return { AND: "AND" in first ? [...first.AND, second] : [first, second] };
}

import { syntaxError, type Arguments } from "../arguments.js";

/** The options of SORT. */
export interface SortOptions {
  /** Where the values are that decide the order; absent: the elements themselves. */
  readonly by: Buffer | undefined;
  readonly limit: { readonly offset: number; readonly count: number } | undefined;
  /** What is replied of each element; empty: the element. */
  readonly get: readonly Buffer[];
  readonly descending: boolean;
  /** Whether values are compared as bytes, not as numbers. */
  readonly alpha: boolean;
  readonly storeTo: Buffer | undefined;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Reads the options from the third argument on.
 *
 * @param mayStore - whether STORE is one of them
 */
export function readSortOptions(args: Arguments, mayStore: boolean): SortOptions {
  const get: Buffer[] = [];
  const found: Mutable<SortOptions> = {
    ...{ by: undefined, limit: undefined, get, descending: false, alpha: false, storeTo: undefined },
  };
  for (let index = 2; index < args.count; index++) {
    const word = args.keyword(index);
    const rest = args.count - index - 1;
    if (word === "ASC" || word === "DESC") found.descending = word === "DESC";
    else if (word === "ALPHA") found.alpha = true;
    else if (word === "LIMIT" && rest >= 2) {
      found.limit = { offset: args.position(++index), count: args.position(++index) };
    } else if (word === "STORE" && rest >= 1 && mayStore) found.storeTo = args.bytes(++index);
    else if (word === "BY" && rest >= 1) found.by = args.bytes(++index);
    else if (word === "GET" && rest >= 1) get.push(args.bytes(++index));
    else throw syntaxError();
  }
  return found;
}

import type { Value } from "../../documents/document.js";
import { ItemArray } from "../../documents/list-items.js";
import type { Keyspace } from "../../engine/keyspace.js";
import { ErrorReply, type Reply } from "../../resp/reply.js";
import type { Arguments } from "../arguments.js";
import { firstKey, type Command } from "../command.js";
import { toBytes } from "../hashes.js";
import { rankedMembers } from "../sorted-sets.js";
import { keyOf, lookUp, namesKeys } from "./pattern.js";
import { readSortOptions, type SortOptions } from "./sort-options.js";
import { sortElements } from "./sort-elements.js";

function sortKey(keyspace: Keyspace, args: Arguments, mayStore: boolean): Reply {
  const options = readSortOptions(args, mayStore);
  const value = keyspace.find(args.bytes(1))?.value;
  const sorted = cut(order(keyspace, value, options), options);
  const shown = options.get.length === 0 ? sorted : getAll(keyspace, sorted, options.get);
  const { storeTo } = options;
  if (storeTo === undefined) return shown.map((each) => each ?? null);
  const items = shown.map((each) => each ?? Buffer.alloc(0));
  if (items.length === 0) keyspace.remove(storeTo);
  else keyspace.replace(storeTo, { type: "list", items: new ItemArray(items) });
  return items.length;
}

/** The elements in their order; throws WRONGTYPE for what has none. */
function order(
  keyspace: Keyspace,
  value: Value | undefined,
  { by, alpha, descending, storeTo }: SortOptions,
): Buffer[] {
  const elements = elementsOf(value);
  if (by === undefined) return sortElements(elements, elements, { alpha, descending });
  if (namesKeys(by)) {
    keyspace.gather(elements.flatMap((element) => keyOf(by, element) ?? []));
    const weights = elements.map((element) => lookUp(keyspace, by, element));
    return sortElements(elements, weights, { alpha, descending });
  }
  // A pattern that is the same for all means no order; but what is stored of a set shall always be the same.
  if (value?.type === "set" && storeTo !== undefined) {
    return sortElements(elements, elements, { alpha: true, descending });
  }
  return value?.type === "zset" && descending ? elements.reverse() : elements;
}

function elementsOf(value: Value | undefined): Buffer[] {
  switch (value?.type) {
    case undefined:
      return [];
    case "list":
      return [...value.items];
    case "set":
      return [...value.members].map(toBytes);
    case "zset":
      return rankedMembers(value)
        .slice(0, value.scores.size)
        .map(([member]) => toBytes(member));
    default:
      throw new ErrorReply("WRONGTYPE Operation against a key holding the wrong kind of value");
  }
}

function cut(elements: Buffer[], { limit }: SortOptions): Buffer[] {
  if (limit === undefined) return elements;
  const start = Math.max(0, limit.offset);
  return elements.slice(start, limit.count < 0 ? undefined : start + limit.count);
}

function getAll(
  keyspace: Keyspace,
  elements: readonly Buffer[],
  patterns: readonly Buffer[],
): readonly (Buffer | undefined)[] {
  keyspace.gather(elements.flatMap((element) => patterns.flatMap((pattern) => keyOf(pattern, element) ?? [])));
  return elements.flatMap((element) => patterns.map((pattern) => lookUp(keyspace, pattern, element)));
}

/** `SORT key [BY pattern] [LIMIT offset count] [GET pattern…] [ASC | DESC] [ALPHA] [STORE destination]`: elements in order. */
export const sort: Command = {
  name: "sort",
  arity: -2,
  keys: (args) => {
    const stored = args
      .slice(0, -1)
      .flatMap((_, index) => (index > 1 && args.keyword(index) === "STORE" ? [args.bytes(index + 1)] : []));
    return [args.bytes(1), ...stored];
  },
  writes: true,
  run: (keyspace, args) => sortKey(keyspace, args, true),
};

/** `SORT_RO key …`: SORT that does not store. */
export const sortRo: Command = {
  name: "sort_ro",
  arity: -2,
  keys: firstKey,
  writes: false,
  run: (keyspace, args) => sortKey(keyspace, args, false),
};

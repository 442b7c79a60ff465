import {
  type ComponentContext,
  MechaError,
  type StateQuery,
  type StateQueryItem,
  type StateQueryPage,
} from "@mecha/spec";
import { meetsCondition } from "./meets-condition.js";
import { compareAny, compareTexts, fieldOf } from "./query-fields.js";

/** What stands between a key's prefix and the key, and nowhere else in a key of an app's own. */
const separator = "||";

interface Found {
  readonly item: StateQueryItem;
  readonly document: unknown;
}

/**
 * Answers a query from the values of a store, one after the other: filters, orders, and cuts the page out. Tokens are the number
 * of results before the page, as with daprd's `state.redis`.
 *
 * @throws MechaError `INVALID_ARGUMENT` for a token that is no such number
 */
export function findDocuments(
  items: Iterable<StateQueryItem>,
  query: StateQuery,
  context: ComponentContext,
): StateQueryPage {
  const start = startOf(query.token, context);
  const found: Found[] = [];
  for (const item of items) {
    if (!isOwnKey(item.key, query.keyPrefix)) continue;
    const document = documentOf(item.value);
    if (document === undefined) continue;
    if (query.condition !== undefined && !meetsCondition(document, query.condition)) continue;
    found.push({ item, document });
  }
  found.sort((left, right) => compareFound(left, right, query));
  const end = query.limit === undefined ? found.length : Math.min(found.length, start + query.limit);
  const page = found.slice(start, end).map(({ item }) => item);
  return end < found.length && page.length > 0 ? { items: page, token: String(end) } : { items: page };
}

/** Whether a key is one that an app gave, rather than one of actors or of another app. */
export function isOwnKey(key: string, prefix: string): boolean {
  return key.startsWith(prefix) && !key.includes(separator, prefix.length);
}

function startOf(token: string | undefined, { name }: ComponentContext): number {
  if (token === undefined || token === "") return 0;
  const start = Number(token);
  if (/^\d+$/.test(token) && Number.isSafeInteger(start)) return start;
  throw new MechaError(
    "INVALID_ARGUMENT",
    `"${token}" is no token of a page of state store "${name}"; give the token of the page before`,
    { component: name, operation: "state.query" },
  );
}

/** The value as JSON; `undefined` if it is none. */
function documentOf(value: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("utf8")) as unknown;
  } catch {
    // Stores keep bytes of any kind; what is no JSON has no fields.
    return undefined;
  }
}

function compareFound(left: Found, right: Found, { sort }: StateQuery): number {
  for (const { key, descending } of sort) {
    const order = compareAny(fieldOf(left.document, key), fieldOf(right.document, key));
    if (order !== 0) return descending ? -order : order;
  }
  return compareTexts(left.item.key, right.item.key);
}

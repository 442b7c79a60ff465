import type { StateCondition, StateQuery, StateQueryValue, StateSort } from "@mecha/spec";
import { daprError, messageOf } from "../errors/dapr-error.js";

/** What a query belongs to. */
export interface QueryPlace {
  readonly storeName: string;
  /** What stands before the keys of the app. */
  readonly keyPrefix: string;
}

/** Deeper conditions are refused rather than followed to the end of the stack. */
const maxDepth = 64;

/** More comparisons are refused: SQLite has places for 32,766 values in a statement. */
const maxComparisons = 5_000;

type Operator = Extract<StateCondition, { readonly value: StateQueryValue }>["operator"];

const comparisons: ReadonlySet<string> = new Set<Operator>(["EQ", "NEQ", "GT", "GTE", "LT", "LTE"]);

/**
 * Reads a query in Dapr's query language: `filter`, `sort` and `page`, each of which may be absent.
 *
 * @throws MechaError as daprd (INTERNAL, `DAPR_STATE_QUERY_FAILED`) for what is no such query; it says which part
 */
export function parseStateQuery(text: string, { storeName, keyPrefix }: QueryPlace): StateQuery {
  try {
    const { filter, sort, page } = objectOf(JSON.parse(text), "the query");
    const { limit, token } = page === undefined || page === null ? {} : objectOf(page, "page");
    const condition = new ConditionParser().parseRoot(filter);
    const most = limitOf(limit);
    const from = token === undefined || token === null ? "" : textOf(token, "page.token");
    return {
      keyPrefix,
      sort: sort === undefined || sort === null ? [] : listOf(sort, "sort").map(toSort),
      ...(condition !== undefined && { condition }),
      ...(most !== undefined && { limit: most }),
      ...(from !== "" && { token: from }),
    };
  } catch (thrown) {
    const problem = `failed to parse JSON query body: ${messageOf(thrown)}`;
    throw daprError("stateQuery", `state store ${storeName} query failed: ${problem}`, {
      component: storeName,
      operation: "state.query",
      cause: thrown,
    });
  }
}

/** Reads conditions, and counts them. */
class ConditionParser {
  #comparisons = 0;

  /** A filter without a condition leaves everything in. */
  parseRoot(filter: unknown): StateCondition | undefined {
    if (filter === undefined || filter === null) return undefined;
    return Object.keys(objectOf(filter, "filter")).length === 0 ? undefined : this.#parse(filter, 1);
  }

  #parse(filter: unknown, depth: number): StateCondition {
    if (depth > maxDepth) throw new Error(`filters are more than ${String(maxDepth)} deep`);
    const [operator, operand] = onlyEntry(filter, "a filter");
    if (operator === "AND" || operator === "OR") {
      const parts = listOf(operand, `the ${operator} filter`);
      if (parts.length < 2) throw new Error(`the ${operator} filter must contain at least two entries`);
      return { operator, conditions: parts.map((part) => this.#parse(part, depth + 1)) };
    }
    if (operator === "IN") {
      const [key, list] = onlyEntry(operand, "the IN filter");
      const values = listOf(list, "the value of the IN filter").map((value) => scalarOf(value, operator));
      this.#count(values.length);
      return { operator, key, values };
    }
    if (!isComparison(operator)) throw new Error(`unsupported filter "${operator}"`);
    const [key, value] = onlyEntry(operand, `the ${operator} filter`);
    this.#count(1);
    return { operator, key, value: scalarOf(value, operator) };
  }

  #count(more: number): void {
    this.#comparisons += more;
    if (this.#comparisons > maxComparisons)
      throw new Error(`there are more than ${String(maxComparisons)} comparisons`);
  }
}

function isComparison(operator: string): operator is Operator {
  return comparisons.has(operator);
}

function toSort(step: unknown): StateSort {
  const { key, order } = objectOf(step, "a step of sort");
  if (order !== undefined && order !== "" && order !== "ASC" && order !== "DESC") {
    throw new Error(`the order of a step of sort is ${JSON.stringify(order)}; allowed: ASC, DESC`);
  }
  return { key: textOf(key, "the key of a step of sort"), descending: order === "DESC" };
}

/** 0 is no limit, as in daprd. */
function limitOf(limit: unknown): number | undefined {
  if (limit === undefined || limit === null || limit === 0) return undefined;
  if (typeof limit === "number" && Number.isSafeInteger(limit) && limit > 0) return limit;
  throw new Error(`page.limit is ${JSON.stringify(limit)}; a whole number is needed`);
}

function onlyEntry(value: unknown, what: string): readonly [string, unknown] {
  const [entry, ...others] = Object.entries(objectOf(value, what));
  if (entry === undefined || others.length > 0) throw new Error(`${what} must have a single element`);
  return entry;
}

function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error(`${what} must be a map`);
  // An object without being a list has named fields.
  return value as Readonly<Record<string, unknown>>;
}

function listOf(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`${what} must be an array`);
  return value;
}

function textOf(value: unknown, what: string): string {
  if (typeof value !== "string") throw new Error(`${what} must be text`);
  return value;
}

function scalarOf(value: unknown, operator: string): StateQueryValue {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return value;
  throw new Error(`the ${operator} filter compares with text, a number, true, false or null`);
}

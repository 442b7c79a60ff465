import type { StateCondition, StateQuery, StateQueryItem, StateQueryValue } from "@mecha/spec";
import type { SqliteDatabase } from "./sqlite-database.js";
import { decodeValue } from "./stored-value.js";

/** SQL, and the values of its placeholders in their order. */
interface Fragment {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

/** A condition that leaves everything in. */
const anything: Fragment = { sql: "1", values: [] };

/**
 * Reads the rows of a table that a query may be after. SQLite's JSON functions sort out, without unpacking a value, what cannot meet
 * the condition. What they cannot judge (values in base64, names with quotes) stays in, so the rows are to be judged once more.
 *
 * @param table - the table's name, which the settings have found to be one
 */
export function* readCandidates(
  database: SqliteDatabase,
  table: string,
  { condition, keyPrefix }: StateQuery,
): Generator<StateQueryItem, void, undefined> {
  const { sql, values } = condition === undefined ? anything : fragmentOf(condition);
  const statement = database
    .prepare<(string | number)[]>(
      `SELECT key, value, is_binary, etag FROM ${table}
        WHERE (expiration_time IS NULL OR expiration_time > CURRENT_TIMESTAMP)
          AND substr(key, 1, length(?)) = ?
          AND CASE WHEN is_binary OR NOT json_valid(value) THEN 1 ELSE ${sql} END`,
    )
    .raw(true);
  // All at once: a cursor left open would hold the file against the writes of this process.
  const rows = statement.all(keyPrefix, keyPrefix, ...values) as readonly Row[];
  for (const [key, value, isBinary, etag] of rows) yield { key, value: decodeValue(value, isBinary !== 0), etag };
}

/** `raw` gives rows as arrays. */
type Row = readonly [key: string, value: string, isBinary: number, etag: string];

function fragmentOf(condition: StateCondition): Fragment {
  switch (condition.operator) {
    case "AND":
    case "OR":
      return joined(condition.conditions.map(fragmentOf), condition.operator);
    case "IN":
      return joined(
        condition.values.map((value) => comparison(condition.key, "=", value)),
        "OR",
      );
    case "EQ":
      return comparison(condition.key, "=", condition.value);
    case "NEQ":
      return withPath(condition.key, (path) => ({ sql: "json_type(value, ?) IS NOT NULL", values: [path] }));
    default:
      return comparison(condition.key, order[condition.operator], condition.value);
  }
}

const order = { GT: ">", GTE: ">=", LT: "<", LTE: "<=" } as const;

/** In SQLite true is 1 and any text is greater than any number: that lets more in than JSON does, never less. */
function comparison(key: string, operator: string, value: StateQueryValue): Fragment {
  return withPath(key, (path) => {
    if (value === null) return { sql: "json_type(value, ?) IS 'null'", values: [path] };
    // libsql cuts texts at NUL.
    if (typeof value === "string" && value.includes("\0")) return anything;
    const bound = typeof value === "boolean" ? Number(value) : value;
    return { sql: `json_extract(value, ?) ${operator} ?`, values: [path, bound] };
  });
}

/** A name in quotes has no escapes in SQLite's paths, and only a bare number is a place in a list. */
function withPath(key: string, then: (path: string) => Fragment): Fragment {
  const names = key.split(".");
  if (names.some((name) => /["\\\0]/.test(name) || /^\d+$/.test(name) || name === "length")) return anything;
  return then(`$${names.map((name) => `."${name}"`).join("")}`);
}

function joined(parts: readonly Fragment[], operator: "AND" | "OR"): Fragment {
  if (parts.length === 0) return { sql: operator === "AND" ? "1" : "0", values: [] };
  return {
    sql: `(${parts.map(({ sql }) => sql).join(` ${operator} `)})`,
    values: parts.flatMap(({ values }) => values),
  };
}

import { randomUUID } from "node:crypto";
import type { StateOperation, StateRecord, StateSet } from "@mecha/spec";
import { hasEtag } from "../state-errors.js";
import type { SqliteDatabase } from "./sqlite-database.js";
import type { SqliteSettings } from "./sqlite-settings.js";
import { decodeValue, encodeValue } from "./stored-value.js";

/** daprd's state table: every method is one statement, run at once on the calling thread. */
export interface SqliteTable {
  /** Reads keys, all at one moment; one entry per key, in order. */
  readonly read: (keys: readonly string[]) => readonly (StateRecord | undefined)[];
  /** Applies one operation; false if its ETag or create-only does not hold. */
  readonly apply: (operation: StateOperation) => boolean;
  /** Removes expired rows if nobody did so within `intervalMs`; says how many. */
  readonly cleanUp: (intervalMs: number) => number;
}

/** The columns of a read; the expiry in seconds since 1970. */
type Row = readonly [key: string, value: string, isBinary: number, etag: string, expiresAt: number | null];

const live = "(expiration_time IS NULL OR expiration_time > CURRENT_TIMESTAMP)";

/** Prepares the statements. The tables must exist. */
export function prepareSqliteTable(database: SqliteDatabase, settings: SqliteSettings): SqliteTable {
  const { tableName: table, metadataTableName } = settings;
  const insert = `INSERT INTO ${table} (key, value, is_binary, etag, expiration_time, update_time)
    VALUES (?, ?, ?, ?, ?, CURRENT_TIMESTAMP)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, is_binary = excluded.is_binary, etag = excluded.etag,
      expiration_time = excluded.expiration_time, update_time = excluded.update_time`;
  const select = `SELECT key, value, is_binary, etag, CAST(unixepoch(expiration_time) AS INTEGER)
    FROM ${table} WHERE ${live} AND key`;
  const selectOne = database.prepare<[string]>(`${select} = ?`).raw(true);
  const selectMany = database.prepare<[string]>(`${select} IN (SELECT value FROM json_each(?))`).raw(true);
  const put = database.prepare<[string, string, number, string, string | null]>(insert);
  const create = database.prepare<[string, string, number, string, string | null]>(
    `${insert} WHERE ${table}.expiration_time <= CURRENT_TIMESTAMP`,
  );
  const replace = database.prepare<[string, number, string, string | null, string, string]>(
    `UPDATE ${table} SET value = ?, is_binary = ?, etag = ?, expiration_time = ?, update_time = CURRENT_TIMESTAMP
      WHERE key = ? AND etag = ? AND ${live}`,
  );
  const remove = database.prepare<[string]>(`DELETE FROM ${table} WHERE key = ?`);
  const removeVersion = database.prepare<[string, string]>(
    `DELETE FROM ${table} WHERE key = ? AND etag = ? AND ${live}`,
  );
  const claimCleanup = database.prepare<[number]>(
    `INSERT INTO ${metadataTableName} (key, value) VALUES ('last-cleanup', CURRENT_TIMESTAMP)
      ON CONFLICT (key) DO UPDATE SET value = CURRENT_TIMESTAMP
      WHERE (unixepoch(CURRENT_TIMESTAMP) - unixepoch(value)) * 1000 > ?`,
  );
  const removeExpired = database.prepare<[]>(`DELETE FROM ${table} WHERE expiration_time < CURRENT_TIMESTAMP`);

  function applySet(operation: StateSet): boolean {
    const { text, isBinary } = encodeValue(operation);
    const etag = randomUUID();
    const expiry = operation.ttlSeconds === undefined ? null : expirationTime(operation.ttlSeconds);
    if (hasEtag(operation)) {
      return replace.run(text, isBinary, etag, expiry, operation.key, operation.etag).changes > 0;
    }
    const statement = operation.firstWrite === true ? create : put;
    return statement.run(operation.key, text, isBinary, etag, expiry).changes > 0;
  }

  return {
    read(keys) {
      const [first] = keys;
      if (first === undefined) return [];
      // `raw` gives rows as arrays.
      if (keys.length === 1) return [recordOf(selectOne.get(first) as Row | undefined)];
      const rows = selectMany.all(JSON.stringify(keys)) as readonly Row[];
      const rowByKey = new Map(rows.map((row) => [row[0], row]));
      return keys.map((key) => recordOf(rowByKey.get(key)));
    },
    apply(operation) {
      if (operation.type === "set") return applySet(operation);
      if (hasEtag(operation)) return removeVersion.run(operation.key, operation.etag).changes > 0;
      remove.run(operation.key);
      return true;
    },
    cleanUp(intervalMs) {
      // daprd leaves the same 100 ms, since its ticker and the clock need not agree.
      return claimCleanup.run(intervalMs - 100).changes > 0 ? removeExpired.run().changes : 0;
    },
  };
}

function recordOf(row: Row | undefined): StateRecord | undefined {
  if (row === undefined) return undefined;
  const [, value, isBinary, etag, expiresAt] = row;
  const record = { value: decodeValue(value, isBinary !== 0), etag };
  return expiresAt === null ? record : { ...record, expiresAtMs: expiresAt * 1_000 };
}

/** daprd's text for a moment, rounded up to its whole seconds so that nothing goes early. */
function expirationTime(ttlSeconds: number): string {
  const moment = new Date(Math.ceil(Date.now() / 1_000 + ttlSeconds) * 1_000);
  return moment.toISOString().slice(0, 19).replace("T", " ");
}

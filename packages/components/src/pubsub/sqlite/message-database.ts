import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type Libsql from "libsql";
import { type ComponentContext, MechaError } from "@mecha/spec";
import { loadClient } from "../../clients/load-client.js";
import { makePrivateFile } from "../../files/private-file.js";
import { retryWhileBusy } from "../../state/sqlite/busy-retry.js";
import type { SqlitePubSubSettings } from "./settings.js";
import { cannotOpenMessages } from "./sqlite-errors.js";

/** An open connection to the file. */
export type MessageDatabase = Libsql.Database;

/** Version of the tables below, kept in the file as `user_version`. */
export const formatVersion = 1;

/**
 * The layout of a message file. Times are milliseconds since 1970.
 *
 * - `messages`: what was published; one row a message until `retention` is over and every group has finished it.
 * - `consumer_groups`: who gets a copy of a topic's messages; `owner` names the consumer that a broadcast group dies with.
 * - `deliveries`: one row for each message and group. `state` is `ready` (for anyone, from `due_at` on), `blocked` (an earlier
 *   message of the same order key is not done), `taken` (by the consumer `owner`) or `done`. `attempts` counts deliveries,
 *   `outcome` of a done one is `success`, `drop` or `exhausted`.
 * - `consumers`: which processes may own deliveries, and until when they are believed to live.
 */
const tables = `
  CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    topic TEXT NOT NULL,
    data BLOB NOT NULL,
    content_type TEXT,
    metadata TEXT NOT NULL,
    order_key TEXT,
    published_at INTEGER NOT NULL
  );
  CREATE INDEX messages_by_topic ON messages (topic, id);
  CREATE INDEX messages_by_age ON messages (published_at);
  CREATE TABLE consumer_groups (
    id INTEGER PRIMARY KEY,
    topic TEXT NOT NULL,
    name TEXT NOT NULL,
    owner TEXT,
    UNIQUE (topic, name)
  );
  CREATE TABLE deliveries (
    group_id INTEGER NOT NULL REFERENCES consumer_groups (id),
    message_id INTEGER NOT NULL REFERENCES messages (id),
    order_key TEXT,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    owner TEXT,
    done_at INTEGER,
    outcome TEXT,
    PRIMARY KEY (group_id, message_id)
  ) WITHOUT ROWID;
  CREATE INDEX deliveries_ready ON deliveries (group_id, message_id) WHERE state = 'ready';
  CREATE INDEX deliveries_open_by_key ON deliveries (group_id, order_key, message_id)
    WHERE order_key IS NOT NULL AND state <> 'done';
  CREATE INDEX deliveries_taken ON deliveries (owner) WHERE owner IS NOT NULL;
  CREATE INDEX deliveries_by_message ON deliveries (message_id);
  CREATE TABLE consumers (
    id TEXT PRIMARY KEY,
    place TEXT NOT NULL,
    pid INTEGER NOT NULL,
    started TEXT NOT NULL,
    lease_until INTEGER NOT NULL
  ) WITHOUT ROWID;
  PRAGMA user_version = ${String(formatVersion)};
`;

/** Opens the file; creates it, and its folder for this user alone, if need be. */
export async function openMessageDatabase(
  context: ComponentContext,
  settings: SqlitePubSubSettings,
): Promise<MessageDatabase> {
  const { file, busyTimeoutMs } = settings;
  const { default: Database } = await loadClient(context, "libsql", () => import("libsql"));
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await makePrivateFile(file);
    const database = await retryWhileBusy(() => new Database(file, { timeout: 0 }), busyTimeoutMs);
    try {
      database.exec("PRAGMA busy_timeout = 0");
      await retryWhileBusy(() => database.exec("PRAGMA journal_mode = WAL"), busyTimeoutMs);
      database.exec(`PRAGMA synchronous = ${settings.synchronous}`);
      await retryWhileBusy(() => {
        prepareTables(database, context, file);
      }, busyTimeoutMs);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    throw cannotOpenMessages(error, context, file);
  }
}

function prepareTables(database: MessageDatabase, context: ComponentContext, file: string): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    const found = userVersion(database);
    if (found === 0) database.exec(tables);
    else if (found !== formatVersion) throw wrongFormat(context, file, found);
    database.exec("COMMIT");
  } catch (error) {
    if (database.inTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

function userVersion(database: MessageDatabase): number {
  // The pragma gives one row of this shape.
  const rows = database.prepare("PRAGMA user_version").all() as { user_version: number }[];
  return rows[0]?.user_version ?? 0;
}

function wrongFormat(context: ComponentContext, file: string, found: number): MechaError {
  return new MechaError(
    "FAILED_PRECONDITION",
    `Component "${context.name}" (${context.type}): ${file} has format ${found}, this version of Mecha reads ${formatVersion}; name another file in connectionString, or upgrade`,
    { component: context.name, operation: "component.create" },
  );
}

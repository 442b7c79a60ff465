import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type Libsql from "libsql";
import { type ComponentContext, MechaError } from "@mecha/spec";
import { loadClient } from "../../clients/load-client.js";
import { makePrivateFile } from "../../files/private-file.js";
import { fromSqlite, retryWhileBusy } from "./busy-retry.js";
import type { SqliteSettings } from "./sqlite-settings.js";

/** An open connection to a SQLite file. */
export type SqliteDatabase = Libsql.Database;

/** The number of daprd's migrations that our tables correspond to. */
const migrationLevel = 1;

/** Opens the file, creates it with daprd's tables if need be. The folder is made for this user alone. */
export async function openSqliteDatabase(context: ComponentContext, settings: SqliteSettings): Promise<SqliteDatabase> {
  const { default: Database } = await loadClient(context, "libsql", () => import("libsql"));
  try {
    if (settings.file !== ":memory:") {
      await mkdir(dirname(settings.file), { recursive: true, mode: 0o700 });
      await makePrivateFile(settings.file);
    }
    const database = await retryWhileBusy(() => new Database(settings.file, { timeout: 0 }), settings.busyTimeoutMs);
    try {
      await prepareDatabase(database, settings);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    throw cannotOpen(error, context, settings);
  }
}

async function prepareDatabase(database: SqliteDatabase, settings: SqliteSettings): Promise<void> {
  const retry = <T>(work: () => T) => retryWhileBusy(work, settings.busyTimeoutMs);
  database.exec("PRAGMA busy_timeout = 0");
  await retry(() => database.exec(`PRAGMA journal_mode = ${settings.journalMode}`));
  await retry(() => database.exec(`PRAGMA synchronous = ${settings.synchronous}`));
  await retry(() => {
    createTables(database, settings);
  });
}

/** daprd's two tables and its record of how far it has migrated, as `state/sqlite` of components-contrib 1.18.3 has them. */
function createTables(database: SqliteDatabase, { tableName, metadataTableName }: SqliteSettings): void {
  const statements = [
    `CREATE TABLE IF NOT EXISTS ${metadataTableName} (key text NOT NULL PRIMARY KEY, value text NOT NULL)`,
    `CREATE TABLE IF NOT EXISTS ${tableName} (
      key TEXT NOT NULL PRIMARY KEY,
      value TEXT NOT NULL,
      is_binary BOOLEAN NOT NULL,
      etag TEXT NOT NULL,
      expiration_time TIMESTAMP DEFAULT NULL,
      update_time TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
    )`,
    // A newer daprd may have gone further.
    `INSERT INTO ${metadataTableName} (key, value) VALUES ('migrations', '${String(migrationLevel)}')
      ON CONFLICT (key) DO UPDATE SET value = excluded.value
      WHERE CAST(value AS INTEGER) < CAST(excluded.value AS INTEGER)`,
  ];
  database.exec("BEGIN IMMEDIATE");
  try {
    for (const statement of statements) database.exec(statement);
    database.exec("COMMIT");
  } catch (error) {
    if (database.inTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

function cannotOpen(error: unknown, context: ComponentContext, { file }: SqliteSettings): MechaError {
  const known = fromSqlite(error, context, file);
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "";
  const message = error instanceof Error ? error.message : String(error);
  if (known.code === "UNAVAILABLE") return known;
  return new MechaError(
    code === "SQLITE_NOTADB" || code === "SQLITE_CORRUPT" ? "DATA_LOSS" : "UNAVAILABLE",
    `Component "${context.name}" (${context.type}) cannot open ${file}: ${message}`,
    { cause: error, component: context.name, operation: "component.create" },
  );
}

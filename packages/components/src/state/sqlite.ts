import {
  type ComponentContext,
  type ComponentDefinition,
  MechaError,
  type StateOperation,
  type StateStore,
} from "@mecha/spec";
import { componentClosed } from "../component-closed.js";
import { checkOperations, etagMismatch, refused } from "./state-errors.js";
import { fromSqlite, isBusy, retryWhileBusy } from "./sqlite/busy-retry.js";
import { GroupCommit } from "./sqlite/group-commit.js";
import { openSqliteDatabase } from "./sqlite/sqlite-database.js";
import { readSqliteSettings, type SqliteSettings } from "./sqlite/sqlite-settings.js";
import { prepareSqliteTable } from "./sqlite/sqlite-table.js";

/**
 * Keeps state in a SQLite file that several processes of one machine may share: daprd's `state.sqlite`, its metadata and
 * its tables, so a daprd reads and writes the same file.
 *
 * Ours alone: `mecha.synchronous` (`NORMAL`, or `FULL` to wait for the disk at every commit). Keys must not hold NUL.
 */
export const component: ComponentDefinition<"state"> = {
  type: "state.sqlite",
  create: (context) => createSqliteStore(context, readSqliteSettings(context)),
};

async function createSqliteStore(context: ComponentContext, settings: SqliteSettings): Promise<StateStore> {
  const database = await openSqliteDatabase(context, settings);
  const table = prepareSqliteTable(database, settings);
  const { file, busyTimeoutMs, cleanupIntervalMs } = settings;
  let closing: Promise<void> | undefined;

  const commits = new GroupCommit({
    database,
    busyTimeoutMs,
    apply(operation) {
      try {
        return table.apply(operation) ? undefined : etagMismatch(context, operation);
      } catch (error) {
        // Some failures end the whole transaction; those concern every call in it.
        if (isBusy(error) || !database.inTransaction) throw error;
        return fromSqlite(error, context, file);
      }
    },
  });

  function cleanUp(intervalMs: number): void {
    try {
      table.cleanUp(intervalMs);
    } catch (error) {
      // The next round tries again; another process may be writing.
      if (!isBusy(error))
        context.logger.warn(`removing expired values failed: ${fromSqlite(error, context, file).message}`);
    }
  }

  const cleaner =
    cleanupIntervalMs === undefined ? undefined : setInterval(cleanUp, cleanupIntervalMs, cleanupIntervalMs).unref();

  function refuseIfUnusable(signal: AbortSignal | undefined): void {
    if (closing !== undefined) throw componentClosed(context);
    if (signal?.aborted === true) throw MechaError.from(signal.reason, `State store "${context.name}"`);
  }

  const store: StateStore = {
    backend: file === ":memory:" ? "memory" : `file:${file}`,
    features: ["ETAG", "TRANSACTIONAL", "TTL", "QUERY_API"],
    async get(keys, options) {
      refuseIfUnusable(options?.signal);
      try {
        return await retryWhileBusy(() => table.read(keys), busyTimeoutMs);
      } catch (error) {
        throw fromSqlite(error, context, file);
      }
    },
    async write(operations, options) {
      refuseIfUnusable(options.signal);
      checkOperations(context, operations);
      for (const operation of operations) refuseOperation(context, operation);
      if (operations.length === 0) return [];
      try {
        return await commits.write(operations, options.atomic);
      } catch (error) {
        throw fromSqlite(error, context, file);
      }
    },
    async query(query, options) {
      refuseIfUnusable(options?.signal);
      const { findDocuments } = await import("./query/find-documents.js");
      const { readCandidates } = await import("./sqlite/query-statement.js");
      try {
        const read = () => findDocuments(readCandidates(database, settings.tableName, query), query, context);
        return await retryWhileBusy(read, busyTimeoutMs);
      } catch (error) {
        throw fromSqlite(error, context, file);
      }
    },
    async ping(options) {
      await store.get(["ping"], options);
    },
    close() {
      clearInterval(cleaner);
      closing ??= commits.drained().then(() => {
        database.close();
      });
      return closing;
    },
  };
  return store;
}

function refuseOperation(context: ComponentContext, operation: StateOperation): void {
  // libsql cuts texts at NUL, so two such keys could become one.
  if (operation.key.includes("\0")) throw refused(context, operation, "the key holds a NUL character");
  if (operation.type === "delete" || operation.ttlSeconds !== undefined) return;
  // daprd's other stores take any number below 0 for no expiry.
  const ttl = operation.metadata?.["ttlInSeconds"];
  if (ttl !== undefined && Number(ttl) < -1)
    throw refused(context, operation, `ttlInSeconds is "${ttl}"; -1 (never), 0 or more is needed`);
}

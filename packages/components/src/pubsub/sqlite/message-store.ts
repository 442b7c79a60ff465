import type { ComponentContext, MechaError } from "@mecha/spec";
import { openMessageDatabase } from "./message-database.js";
import { type MessageTables, prepareMessageTables } from "./message-tables.js";
import type { SqlitePubSubSettings } from "./settings.js";
import { fromMessageDatabase } from "./sqlite-errors.js";
import { TransactionQueue } from "./transaction-queue.js";

/** The message file of one component: statements, transactions, errors. */
export interface MessageStore {
  /** Reads outside of any transaction; other processes that write do not disturb it. */
  readonly read: MessageTables;
  /**
   * Runs work in a transaction that it may share with other work.
   *
   * @param timeoutMs - how long to wait for other processes; without one, as long as it takes
   */
  write<T>(operation: string, work: (tables: MessageTables) => T, timeoutMs?: number): Promise<T>;
  /** What a failure of the file is to a caller. */
  toError(error: unknown, operation: string): MechaError;
  /** Ends what is under way and closes the file. */
  close(): Promise<void>;
}

/** Opens the message file of a component. */
export async function openMessageStore(
  context: ComponentContext,
  settings: SqlitePubSubSettings,
): Promise<MessageStore> {
  const database = await openMessageDatabase(context, settings);
  const tables = prepareMessageTables(database);
  const transactions = new TransactionQueue(database);
  const toError = (error: unknown, operation: string) => fromMessageDatabase(error, context, settings.file, operation);
  return {
    read: tables,
    toError,
    async write(operation, work, timeoutMs) {
      try {
        return await transactions.run(() => work(tables), timeoutMs);
      } catch (error) {
        throw toError(error, operation);
      }
    },
    async close() {
      await transactions.drained();
      database.close();
    },
  };
}

import Database from "libsql";

/** A SQLite file, opened for counting. */
export interface SqliteFile {
  /** Runs a query whose one row has a number `n`. */
  count(query: string): number;
  close(): void;
}

/** Opens a SQLite file that other processes may have open. */
export function openReadOnly(file: string): SqliteFile {
  const database = new Database(file, { fileMustExist: true });
  return {
    count: (query) => (database.prepare(query).get() as { n: number }).n,
    close: () => {
      database.close();
    },
  };
}

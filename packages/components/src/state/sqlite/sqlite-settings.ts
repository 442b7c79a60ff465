import { resolve } from "node:path";
import type { ComponentContext } from "@mecha/spec";
import { readMetadata } from "../../metadata/metadata-reader.js";

/** What the metadata of `state.sqlite` says. */
export interface SqliteSettings {
  /** Absolute path of the database file, or `:memory:`. */
  readonly file: string;
  readonly tableName: string;
  readonly metadataTableName: string;
  /** How long a call may wait for other processes that write, in milliseconds; 0 waits not at all. */
  readonly busyTimeoutMs: number;
  /** Time between two removals of expired values, in milliseconds; `undefined` never removes them. */
  readonly cleanupIntervalMs: number | undefined;
  readonly journalMode: "WAL" | "DELETE" | "MEMORY";
  /** When SQLite waits for the disk: `NORMAL` survives the death of the process, `FULL` also of the machine. */
  readonly synchronous: "NORMAL" | "FULL";
}

const identifier = /^[0-9A-Za-z_]+$/;

/** What daprd adds to a connection string by itself; written out, it says nothing new. */
const impliedOptions = new Set(["_txlock=immediate", "cache=shared", "cache=private", "mode=rwc"]);

/** Reads the metadata with daprd's names, aliases and defaults (`state/sqlite`, `common/authentication/sqlite`). */
export function readSqliteSettings(context: ComponentContext): SqliteSettings {
  const metadata = readMetadata(context);

  function tableName(key: string, fallback: string): string {
    const name = metadata.text(key, fallback);
    if (!identifier.test(name)) throw metadata.invalid(key, `is "${name}"; allowed: letters, digits and _`);
    return name;
  }

  function databaseFile(): string {
    const connection = metadata.requiredText("connectionString", { aliases: ["url"] });
    const [name = "", query = ""] = connection.replace(/^file:/i, "").split("?", 2);
    for (const option of query.split("&")) {
      if (option === "" || impliedOptions.has(option.toLowerCase())) continue;
      throw metadata.invalid(
        "connectionString",
        `has the option "${option}"; allowed: a path with or without "file:"; use busyTimeout, disableWAL and mecha.synchronous for the rest`,
      );
    }
    if (name.toLowerCase() === ":memory:") return ":memory:";
    try {
      // A URI may name an authority, which can only be this machine.
      const path = decodeURIComponent(name.replace(/^\/\/(localhost)?(?=\/)/, ""));
      if (path !== "" && !path.includes("\0")) return resolve(context.baseFolder, path);
    } catch {
      // Falls through: broken %-escapes are no path.
    }
    throw metadata.invalid("connectionString", `is "${connection}"; allowed: a path with or without "file:"`);
  }

  const file = databaseFile();
  const timeoutMs = metadata.durationMs("timeout", 20_000, { aliases: ["timeoutInSeconds"], minMs: 1_000 });
  const cleanupIntervalMs = metadata.durationMs("cleanupInterval", 0, { aliases: ["cleanupIntervalInSeconds"] });
  const disableWal = metadata.boolean("disableWAL", false);
  return {
    file,
    tableName: tableName("tableName", "state"),
    metadataTableName: tableName("metadataTableName", "metadata"),
    busyTimeoutMs: Math.min(timeoutMs, Math.max(0, metadata.durationMs("busyTimeout", 2_000))),
    cleanupIntervalMs: cleanupIntervalMs > 0 ? cleanupIntervalMs : undefined,
    journalMode: file === ":memory:" ? "MEMORY" : disableWal ? "DELETE" : "WAL",
    // `allowed` leaves only these two.
    synchronous: metadata.text("mecha.synchronous", "NORMAL", { allowed: ["NORMAL", "FULL"] }) as "NORMAL" | "FULL",
  };
}

import { resolve } from "node:path";
import type { ComponentContext } from "@mecha/spec";
import { readMetadata } from "../../metadata/metadata-reader.js";
import { readRedeliverySettings, type RedeliverySettings } from "../delivery/redelivery-settings.js";

/** Where a group that is new to a topic begins. */
export type ConsumeFrom = "earliest" | "latest";

/** What the metadata of `pubsub.sqlite` says. */
export interface SqlitePubSubSettings {
  /** Absolute path of the database file. */
  readonly file: string;
  readonly redelivery: RedeliverySettings;
  /** How long messages that every group has finished are kept, in milliseconds. */
  readonly retentionMs: number;
  readonly consumeFrom: ConsumeFrom;
  /** How long a consumer may be silent until its messages go to others, in milliseconds. A dead process is noticed earlier. */
  readonly leaseMs: number;
  /** Longest time until a message is noticed whose wake-up was lost, or whose consumer died, in milliseconds. */
  readonly pollIntervalMs: number;
  /** How long a publish may wait for other processes that write, in milliseconds. */
  readonly busyTimeoutMs: number;
  /** When SQLite waits for the disk: `NORMAL` survives the death of the process, `FULL` also of the machine. */
  readonly synchronous: "NORMAL" | "FULL";
}

const consumeFromValues = ["earliest", "latest"];

/** Reads `consumeFrom` from a component's or a subscription's metadata. */
export function readConsumeFrom(context: ComponentContext, fallback: ConsumeFrom): ConsumeFrom {
  // `allowed` leaves only these two.
  return readMetadata(context).text("consumeFrom", fallback, { allowed: consumeFromValues }) as ConsumeFrom;
}

/** Reads the metadata. */
export function readSqlitePubSubSettings(context: ComponentContext): SqlitePubSubSettings {
  const metadata = readMetadata(context);
  const connection = metadata.text("connectionString", ".mecha/pubsub.db");
  const path = connection.replace(/^file:(\/\/(?=\/))?/i, "");
  if (path === "" || path === ":memory:" || /[?\0]/.test(path)) {
    throw metadata.invalid(
      "connectionString",
      `is "${connection}"; allowed: the path of a file, with or without "file:"`,
    );
  }
  return {
    file: resolve(context.baseFolder, path),
    redelivery: readRedeliverySettings(context),
    retentionMs: metadata.durationMs("retention", 86_400_000, { minMs: 0 }),
    consumeFrom: readConsumeFrom(context, "earliest"),
    leaseMs: metadata.durationMs("leaseDuration", 30_000, { minMs: 300 }),
    pollIntervalMs: metadata.durationMs("pollInterval", 1_000, { minMs: 10 }),
    busyTimeoutMs: metadata.durationMs("busyTimeout", 10_000, { minMs: 0 }),
    // `allowed` leaves only these two.
    synchronous: metadata.text("synchronous", "NORMAL", { allowed: ["NORMAL", "FULL"] }) as "NORMAL" | "FULL",
  };
}

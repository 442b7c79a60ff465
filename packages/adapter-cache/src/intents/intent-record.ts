import { MechaError } from "@mecha/spec";
import { DocumentReader } from "../documents/document-reader.js";
import { DocumentWriter } from "../documents/document-writer.js";

const recordVersion = 1;
const committedMark = 1;
const abortedMark = 2;

/**
 * What became of a transaction. Its record is created once and never changed: whoever creates it decides. While there
 * is none, the transaction is under way.
 */
export type IntentRecord =
  /** The documents that it changes, so that anybody can finish it. */
  { readonly outcome: "committed"; readonly names: readonly string[] } | { readonly outcome: "aborted" };

/** Name under which the record of a transaction is stored. Keys of databases begin with `cache:`. */
export function recordName(intent: string): string {
  return `cache-intent:${intent}`;
}

/** Turns a record into the bytes that are stored: version, outcome, and the names, each after its length. */
export function encodeRecord(record: IntentRecord): Buffer {
  const writer = new DocumentWriter(64);
  writer.byte(recordVersion);
  writer.byte(record.outcome === "committed" ? committedMark : abortedMark);
  if (record.outcome === "committed") for (const name of record.names) writer.text(name);
  return writer.finish();
}

/**
 * Reads a record.
 *
 * @throws MechaError `DATA_LOSS` for bytes that no version known here can have written
 */
export function decodeRecord(bytes: Buffer): IntentRecord {
  if (bytes[0] !== recordVersion || (bytes[1] !== committedMark && bytes[1] !== abortedMark)) {
    throw new MechaError("DATA_LOSS", "The record of a cache transaction was written by a newer version, or by others");
  }
  if (bytes[1] === abortedMark) return { outcome: "aborted" };
  const reader = new DocumentReader(bytes, 2);
  const names: string[] = [];
  while (!reader.done) names.push(reader.text());
  return { outcome: "committed", names };
}

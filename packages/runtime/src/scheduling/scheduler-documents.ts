import { MechaError } from "@mecha/spec";
import type { ProcessIdentity } from "./machine.js";
import type { ScheduleEntry } from "./schedule-entry.js";

/** The form of the documents that this runtime writes, and the only one that it reads. */
const version = 1;

/** What is said of each document: it does not expire, whatever its store has for others (`ttlInSeconds` of `state.redis`). */
export const documentMetadata: Readonly<Record<string, string>> = { ttlInSeconds: "-1" };

/** Who runs the scheduler of an app. */
export interface LeaseDocument extends ProcessIdentity {
  /** Tells this holding from all others. */
  readonly nonce: string;
  /** Until when nobody else may run it, in milliseconds since 1970. */
  readonly expiresAtMs: number;
  /** Name of the socket, in the folder where the processes of the machine meet, at which the holder takes calls. */
  readonly socket: string;
}

/** Writes the lease. */
export function encodeLease(lease: LeaseDocument): Uint8Array {
  return encode({ lease });
}

/** Reads the lease. */
export function decodeLease(bytes: Uint8Array): LeaseDocument {
  return decode<{ readonly lease: LeaseDocument }>(bytes, "the lease").lease;
}

/** Writes a part of the index: ids of entries. */
export function encodeIndex(ids: Iterable<string>): Uint8Array {
  return encode({ entries: [...ids] });
}

/** Reads a part of the index. */
export function decodeIndex(bytes: Uint8Array): readonly string[] {
  return decode<{ readonly entries: readonly string[] }>(bytes, "the index").entries;
}

/** Writes an entry; its payload as base64. */
export function encodeEntry(entry: ScheduleEntry): Uint8Array {
  const { data, ...registration } = entry.registration;
  const text = data && { typeUrl: data.typeUrl, value: Buffer.from(data.value).toString("base64") };
  return encode({ entry: { ...entry, registration: { ...registration, ...(text && { data: text }) } } });
}

/** Reads an entry. */
export function decodeEntry(bytes: Uint8Array): ScheduleEntry {
  const { entry } = decode<{ readonly entry: StoredEntry }>(bytes, "an entry");
  const { data, ...registration } = entry.registration;
  const restored = data && { typeUrl: data.typeUrl, value: Buffer.from(data.value, "base64") };
  return { ...entry, registration: { ...registration, ...(restored && { data: restored }) } };
}

type StoredEntry = Omit<ScheduleEntry, "registration"> & {
  readonly registration: Omit<ScheduleEntry["registration"], "data"> & {
    readonly data?: { readonly typeUrl: string; readonly value: string };
  };
};

function encode(document: object): Uint8Array {
  return Buffer.from(JSON.stringify({ version, ...document }), "utf8");
}

function decode<T>(bytes: Uint8Array, what: string): T {
  let document: unknown;
  try {
    document = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
  } catch (cause) {
    throw new MechaError("DATA_LOSS", `Reading ${what} of the scheduler failed: it is no JSON`, { cause });
  }
  const found = typeof document === "object" && document !== null && "version" in document ? document.version : "none";
  // This package alone writes these documents, and says by the version which form they have.
  if (found === version) return document as T;
  throw new MechaError(
    "FAILED_PRECONDITION",
    `Reading ${what} of the scheduler failed: it has version ${String(found)}, this runtime knows ${String(version)}. Another version of Mecha has written it; use that one.`,
    { operation: "scheduler.open" },
  );
}

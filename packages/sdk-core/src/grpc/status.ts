import { BinaryReader, BinaryWriter, WireType } from "../wire/index.js";
import { codeFromGrpcStatus, MechaError, type MechaErrorCode } from "@mecha/spec";

/** How a call ended, as gRPC trailers carry it. */
export interface GrpcStatus {
  readonly code: number;
  readonly message: string;
  /** `google.rpc.Status` with an ErrorInfo, if the error has a reason. */
  readonly details?: Buffer;
}

const errorInfoType = "type.googleapis.com/google.rpc.ErrorInfo";

/** Dapr's ErrorInfo domain. */
const domain = "dapr.io";

/** Key in ErrorInfo's metadata that keeps Mecha's refinements of gRPC codes (`ETAG_MISMATCH`, …) across the wire. */
const codeKey = "mecha.code";

/** What a thrown value becomes on the wire. */
export function toGrpcStatus(thrown: unknown): GrpcStatus {
  const error = MechaError.from(thrown);
  const { grpcStatus: code, message } = error;
  const refined = codeFromGrpcStatus(code) === error.code ? {} : { [codeKey]: error.code };
  const metadata = { ...error.metadata, ...refined };
  if (error.reason === undefined && Object.keys(metadata).length === 0) return { code, message };
  return { code, message, details: encodeDetails({ code, message }, { reason: error.reason ?? "", metadata }) };
}

/** The error that a status on the wire stands for. */
export function fromGrpcStatus(status: GrpcStatus, cause?: unknown): MechaError {
  const info = status.details === undefined ? undefined : decodeErrorInfo(status.details);
  const { [codeKey]: refined, ...metadata } = info?.metadata ?? {};
  // Only our own side writes this key, and only with a code of the union; anything else falls back to the status.
  const code =
    refined === "ETAG_MISMATCH" || refined === "ETAG_INVALID" || refined === "CONFIGURATION_INVALID"
      ? refined
      : codeFromGrpcStatus(status.code);
  return new MechaError(code satisfies MechaErrorCode, status.message, {
    cause,
    metadata,
    ...(info !== undefined && info.reason !== "" && { reason: info.reason }),
  });
}

interface ErrorInfo {
  readonly reason: string;
  readonly metadata: Readonly<Record<string, string>>;
}

function encodeDetails(status: { readonly code: number; readonly message: string }, info: ErrorInfo): Buffer {
  const writer = new BinaryWriter();
  writer.uint32(1 << 3).int32(status.code);
  writer.uint32((2 << 3) | 2).string(status.message);
  writer.uint32((3 << 3) | 2).fork();
  writer.uint32((1 << 3) | 2).string(errorInfoType);
  writer.uint32((2 << 3) | 2).fork();
  writer.uint32((1 << 3) | 2).string(info.reason);
  writer.uint32((2 << 3) | 2).string(domain);
  for (const [key, value] of Object.entries(info.metadata)) {
    writer.uint32((3 << 3) | 2).fork();
    writer.uint32((1 << 3) | 2).string(key);
    writer.uint32((2 << 3) | 2).string(value);
    writer.join();
  }
  return Buffer.from(writer.join().join().finish());
}

/** Finds the ErrorInfo in a `google.rpc.Status`; details that cannot be read are as good as none. */
function decodeErrorInfo(bytes: Uint8Array): ErrorInfo | undefined {
  try {
    for (const any of fieldsOf(bytes).get(3) ?? []) {
      const fields = fieldsOf(any);
      if (text(fields.get(1)?.[0]) === errorInfoType) return toErrorInfo(fields.get(2)?.[0] ?? new Uint8Array());
    }
  } catch {
    return undefined;
  }
  return undefined;
}

function toErrorInfo(bytes: Uint8Array): ErrorInfo {
  const fields = fieldsOf(bytes);
  const metadata = Object.fromEntries(
    (fields.get(3) ?? []).map((entry) => {
      const pair = fieldsOf(entry);
      return [text(pair.get(1)?.[0]), text(pair.get(2)?.[0])];
    }),
  );
  return { reason: text(fields.get(1)?.[0]), metadata };
}

/** The length-delimited fields of a message, by number. */
function fieldsOf(bytes: Uint8Array): ReadonlyMap<number, readonly Uint8Array[]> {
  const fields = new Map<number, Uint8Array[]>();
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (wireType !== WireType.LengthDelimited) {
      reader.skip(wireType);
      continue;
    }
    const values = fields.get(number) ?? [];
    values.push(reader.bytes());
    fields.set(number, values);
  }
  return fields;
}

function text(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? "" : Buffer.from(bytes).toString("utf8");
}

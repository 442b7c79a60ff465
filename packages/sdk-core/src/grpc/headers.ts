import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http2";
import type { Metadata } from "../transport/transport.js";
import type { GrpcStatus } from "./status.js";

/** Headers that HTTP/2 and gRPC use themselves; they are no metadata. */
const reserved = new Set([
  "te",
  "content-type",
  "user-agent",
  "grpc-timeout",
  "grpc-encoding",
  "grpc-accept-encoding",
  "accept-encoding",
  "grpc-status",
  "grpc-message",
]);

/** The metadata in a request's headers. Several values of one name are joined with `,`, as HTTP does. */
export function metadataFrom(headers: IncomingHttpHeaders): Metadata {
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(":") || reserved.has(name) || value === undefined) continue;
    metadata[name] = Array.isArray(value) ? value.join(",") : value;
  }
  return metadata;
}

const unitMs: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 1 / 1000,
  n: 1 / 1_000_000,
};

/** The time that a caller gives a call, in milliseconds; `undefined` for none or one that cannot be read. */
export function timeoutFrom(headers: IncomingHttpHeaders): number | undefined {
  const value = headers["grpc-timeout"];
  const match = typeof value === "string" ? /^(\d{1,8})([HMSmun])$/.exec(value) : null;
  const unit = unitMs[match?.[2] ?? ""];
  return match === null || unit === undefined ? undefined : Number(match[1]) * unit;
}

/** The trailers that end a call. */
export function trailersFor(status: GrpcStatus, metadata: Metadata): OutgoingHttpHeaders {
  return {
    ...metadata,
    "grpc-status": String(status.code),
    ...(status.message !== "" && { "grpc-message": encodeMessage(status.message) }),
    ...(status.details && { "grpc-status-details-bin": status.details.toString("base64").replace(/=+$/, "") }),
  };
}

/** Percent-encodes all but printable ASCII, as gRPC wants it of status messages. */
function encodeMessage(message: string): string {
  let encoded = "";
  for (const byte of Buffer.from(message, "utf8")) {
    const plain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
    encoded += plain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}

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

/** Headers that concern one connection or one body; HTTP/2 refuses them, or they would say something untrue of the answer. */
const ofConnection = new Set([
  "connection",
  "content-length",
  "host",
  "http2-settings",
  "keep-alive",
  "proxy-connection",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Whether a header is none of a call's metadata: HTTP/2 or gRPC use it themselves. */
export function isReserved(name: string): boolean {
  return reserved.has(name) || ofConnection.has(name);
}

/**
 * The part of a handler's headers or trailers that can go over the wire: names that HTTP/2 and gRPC use themselves, or could not
 * carry, are left out; in values, bytes outside printable ASCII are written as `%XX`.
 */
export function sendableMetadata(metadata: Metadata): Record<string, string> {
  const sendable: Record<string, string> = {};
  for (const [name, value] of Object.entries(metadata)) {
    const lowerCase = name.toLowerCase();
    if (!/^[a-z0-9_.-]+$/.test(lowerCase) || isReserved(lowerCase)) continue;
    sendable[lowerCase] = escapeBytes(value, isPrintable);
  }
  return sendable;
}

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
    ...sendableMetadata(metadata),
    "grpc-status": String(status.code),
    // All but printable ASCII percent-encoded, and the percent sign itself, as gRPC wants it of status messages.
    ...(status.message !== "" && {
      "grpc-message": escapeBytes(status.message, (byte) => isPrintable(byte) && byte !== 0x25),
    }),
    ...(status.details && { "grpc-status-details-bin": status.details.toString("base64").replace(/=+$/, "") }),
  };
}

function isPrintable(byte: number): boolean {
  return byte >= 0x20 && byte <= 0x7e;
}

function escapeBytes(text: string, isPlain: (byte: number) => boolean): string {
  let escaped = "";
  for (const byte of Buffer.from(text, "utf8")) {
    escaped += isPlain(byte) ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return escaped;
}

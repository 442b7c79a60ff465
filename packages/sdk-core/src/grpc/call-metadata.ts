import { MechaError } from "@mecha/spec";
import type { HeaderField } from "../http2/hpack/header-decoder.js";
import { encodeHeaders } from "../http2/hpack/encode-headers.js";
import type { Metadata } from "../transport/transport.js";
import { isReserved } from "./headers.js";

/** What the transport itself reads, and what says something of the wire only. */
const ofTransport = new Set(["grpc-status", "grpc-message", "grpc-encoding", "grpc-accept-encoding"]);

/**
 * A call's metadata as HPACK; `undefined` if there is none. Names that HTTP/2 and gRPC use themselves are left out.
 *
 * @throws MechaError `INVALID_ARGUMENT` for metadata that HTTP/2 cannot carry.
 */
export function encodeMetadata(metadata: Metadata): Buffer | undefined {
  const fields: HeaderField[] = [];
  for (const name in metadata) {
    const value = metadata[name];
    if (value === undefined) continue;
    const what = `The metadata "${name}"`;
    const lowerCase = name.toLowerCase();
    if (!/^[0-9a-z_.-]+$/.test(lowerCase)) headerValue(what, "\0");
    if (!isReserved(lowerCase)) fields.push([lowerCase, headerValue(what, value)]);
  }
  return fields.length === 0 ? undefined : encodeHeaders(fields);
}

/** The metadata in headers or trailers. Several values of one name are joined with `,`, as HTTP does. */
export function metadataOf(fields: readonly HeaderField[]): Metadata {
  const metadata: Record<string, string> = {};
  for (const [name, value] of fields) {
    if (name.startsWith(":") || ofTransport.has(name) || name === "__proto__") continue;
    const text = name.endsWith("-bin") ? Buffer.from(value, "base64").toString("base64") : value;
    const before = metadata[name];
    metadata[name] = before === undefined ? text : `${before},${text}`;
  }
  return metadata;
}

/**
 * A value as HTTP/2 can carry it.
 *
 * @throws MechaError `INVALID_ARGUMENT`; it does not quote the value, which may be a token.
 */
export function headerValue(what: string, value: string): string {
  if (/^[ -~]*$/.test(value)) return value;
  throw new MechaError(
    "INVALID_ARGUMENT",
    `${what} cannot be sent: names have letters, digits and - _ . only, values printable ASCII. Encode other text, or put it into the message.`,
    { operation: "transport.metadata" },
  );
}

import type { Metadata } from "@mecha/sdk-core/protocol";
import { passedHeaders } from "./passed-headers.js";

/**
 * Metadata of a message or an event as headers to the app, which have no case; text goes as UTF-8, as daprd sends it. Whoever publishes
 * names it, so what no header can hold is left out, as is what concerns the connection.
 */
export function metadataHeaders(metadata: Readonly<Record<string, string>>): Metadata {
  const sendable = Object.entries(metadata)
    .filter(([name, value]) => /^[!#$%&'*+.^_`|~\w-]+$/u.test(name) && /^[\t\x20-\x7e\x80-\u{10ffff}]*$/u.test(value))
    .map(([name, value]) => [name.toLowerCase(), inUtf8(value)] as const)
    // What the runtime says of itself and of callers is not for publishers to say.
    .filter(([name]) => !name.startsWith("dapr-"));
  return passedHeaders(Object.fromEntries(sendable));
}

/**
 * What came with a call of an actor as headers to the app: over HTTP they are bytes already; what came over gRPC, and is more than
 * bytes, goes as UTF-8.
 */
export function callHeaders(metadata: Metadata): Metadata {
  const headers = Object.entries(passedHeaders(metadata));
  return Object.fromEntries(headers.map(([name, value]) => [name, /[^\0-\xff]/u.test(value) ? inUtf8(value) : value]));
}

/** Node takes a character for each byte of a header. */
function inUtf8(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

import type { Metadata } from "@mecha/sdk-core/protocol";

/** Headers that concern one connection, or that whoever writes the message sets itself (RFC 9110, section 7.6.1). */
const ofConnection: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "host",
  "http2-settings",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** The headers that a proxy passes on: none of the connection's, nor those that `connection` names. */
export function passedHeaders(headers: Metadata): Record<string, string> {
  const named = new Set((headers["connection"] ?? "").split(",").map((name) => name.trim().toLowerCase()));
  const passed: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    // gRPC's own, and bytes, have no place among HTTP headers; nor have the names of HTTP/2.
    if (ofConnection.has(name) || named.has(name) || /^:|^grpc-|-bin$/u.test(name)) continue;
    passed[name] = value;
  }
  return passed;
}

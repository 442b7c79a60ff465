import type { Metadata } from "@mecha/sdk-core/protocol";
import { passedHeaders } from "./passed-headers.js";

/**
 * Metadata of a message or an event as headers to the app, which have no case. Whoever publishes names it, so what no header can
 * hold is left out, as is what concerns the connection.
 */
export function metadataHeaders(metadata: Readonly<Record<string, string>>): Metadata {
  const sendable = Object.entries(metadata)
    .filter(([name, value]) => /^[!#$%&'*+.^_`|~\w-]+$/u.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/u.test(value))
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    // What the runtime says of itself and of callers is not for publishers to say.
    .filter(([name]) => !name.startsWith("dapr-"));
  return passedHeaders(Object.fromEntries(sendable));
}

/** What came with its media type, as `Invocation` and `InvokeReply` have it. */
interface Received {
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** The value that was sent: JSON, a text, or bytes; `undefined` for nothing. */
export function receivedValue({ contentType, bytes }: Received): unknown {
  if (bytes.length === 0) return undefined;
  const type = contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (type === "application/json" || type.endsWith("+json")) return JSON.parse(buffer.toString("utf8")) as unknown;
  return type.startsWith("text/") ? buffer.toString("utf8") : buffer;
}

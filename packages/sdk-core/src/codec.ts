import { MechaError } from "@mecha/spec";

/**
 * How values become bytes: `json` (any JSON value; a `Uint8Array` passes as it is), `text` (strings) or `bytes`.
 */
export type Codec = "json" | "text" | "bytes";

/** The media type that a codec writes. */
export const contentTypeOf: Readonly<Record<Codec, string>> = {
  json: "application/json",
  text: "text/plain; charset=utf-8",
  bytes: "application/octet-stream",
};

/** The codec that reads a media type: JSON, text, else bytes. */
export function codecOf(contentType: string): Codec {
  // Most of what comes is this; to take a media type apart costs as much as to parse a small event.
  if (contentType === contentTypeOf.json) return "json";
  const type = contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (type === "application/json" || type.endsWith("+json")) return "json";
  return type.startsWith("text/") ? "text" : "bytes";
}

/**
 * Encodes a value.
 *
 * @param subject - what the value is, for messages
 * @throws MechaError `INVALID_ARGUMENT` if the value does not fit the codec (`undefined`, functions, cycles, bigint for JSON).
 */
export function encodeValue(value: unknown, codec: Codec, subject = "The value"): Buffer {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (codec === "json") return Buffer.from(toJson(value, subject), "utf8");
  if (codec === "text" && typeof value === "string") return Buffer.from(value, "utf8");
  throw invalid(
    `${subject} is of type ${typeof value} and cannot be written as ${codec}; pass ${codec === "text" ? "a string" : "a Uint8Array"}`,
  );
}

/**
 * Decodes bytes; no bytes at all are `undefined` for JSON.
 *
 * @param subject - what the bytes are, for messages; asked for only when there is one
 * @throws MechaError `DATA_LOSS` if the bytes are not what the codec expects.
 */
export function decodeValue(bytes: Uint8Array, codec: Codec, subject: string | (() => string) = "The value"): unknown {
  if (codec === "bytes") return bytes;
  // Another view of the same bytes costs as much as to read a few hundred of them.
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString("utf8");
  if (codec === "text") return text;
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const name = typeof subject === "string" ? subject : subject();
    throw new MechaError("DATA_LOSS", `${name} is no JSON; take it as text or bytes`, { cause });
  }
}

/** Its own signature hides that JSON.stringify gives undefined for undefined and functions. */
const stringify: (value: unknown) => string | undefined = JSON.stringify;

function toJson(value: unknown, subject: string): string {
  let text: string | undefined;
  try {
    text = stringify(value);
  } catch (cause) {
    throw invalid(
      `${subject} cannot be written as JSON: ${cause instanceof Error ? (cause.message.split("\n", 1)[0] ?? "") : String(cause)}`,
      cause,
    );
  }
  if (text === undefined) throw invalid(`${subject} is of type ${typeof value} and cannot be written as JSON`);
  return text;
}

function invalid(message: string, cause?: unknown): MechaError {
  return new MechaError("INVALID_ARGUMENT", message, { cause });
}

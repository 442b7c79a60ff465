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

/**
 * Encodes a value.
 *
 * @throws MechaError `INVALID_ARGUMENT` if the value does not fit the codec (`undefined`, functions, cycles, bigint for JSON).
 */
export function encodeValue(value: unknown, codec: Codec): Buffer {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (codec === "json") return Buffer.from(toJson(value), "utf8");
  if (codec === "text" && typeof value === "string") return Buffer.from(value, "utf8");
  throw new MechaError("INVALID_ARGUMENT", `A value of type ${typeof value} cannot be written as ${codec}; pass ${codec === "text" ? "a string" : "a Uint8Array"}`);
}

/**
 * Decodes bytes; no bytes at all are `undefined` for JSON.
 *
 * @throws MechaError `DATA_LOSS` if the bytes are not what the codec expects.
 */
export function decodeValue(bytes: Uint8Array, codec: Codec): unknown {
  if (codec === "bytes") return bytes;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  if (codec === "text") return text;
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new MechaError("DATA_LOSS", `The stored value is no JSON; read it with the codec "text" or "bytes"`, { cause });
  }
}

function toJson(value: unknown): string {
  let text: string | undefined;
  try {
    // The signature hides that JSON.stringify gives undefined for undefined and functions.
    text = JSON.stringify(value) as string | undefined;
  } catch (cause) {
    throw new MechaError("INVALID_ARGUMENT", `The value cannot be written as JSON: ${String(cause)}`, { cause });
  }
  if (text === undefined) throw new MechaError("INVALID_ARGUMENT", `A value of type ${typeof value} cannot be written as JSON`);
  return text;
}

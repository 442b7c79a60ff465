import type { StateSet } from "@mecha/spec";
import { webSafeJson } from "../web-safe-json.js";

/** A value as daprd's table has it. */
export interface StoredValue {
  /** JSON as it is, anything else in base64. */
  readonly text: string;
  readonly isBinary: 0 | 1;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Encodes a value as daprd does: as JSON text if it was given as a JSON value, or if the item is declared so
 * (`contentType: application/json`) and is JSON, else in base64.
 */
export function encodeValue({ value, metadata, isJson = false }: StateSet): StoredValue {
  const isDeclared = isJson || metadata?.["contentType"]?.startsWith("application/json") === true;
  const json = isDeclared ? jsonText(value) : undefined;
  if (json !== undefined) return { text: isJson ? webSafeJson(json) : json, isBinary: 0 };
  return { text: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64"), isBinary: 1 };
}

/** The bytes that {@link encodeValue} or daprd was given. */
export function decodeValue(text: string, isBinary: boolean): Uint8Array {
  return Buffer.from(text, isBinary ? "base64" : "utf8");
}

function jsonText(value: Uint8Array): string | undefined {
  try {
    const text = utf8.decode(value);
    JSON.parse(text);
    return text;
  } catch {
    // Not JSON in spite of its content type: kept as bytes rather than refused.
    return undefined;
  }
}

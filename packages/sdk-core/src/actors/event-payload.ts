import { MechaError } from "@mecha/spec";
import { encodeValue } from "../codec.js";
import type { Any } from "../generated/google/protobuf/any.js";
import { BinaryReader } from "../wire/index.js";

/**
 * The payload of a timer or reminder, for its registration.
 *
 * @throws MechaError `INVALID_ARGUMENT` for bytes, which would come back as a string, and for what is no JSON value.
 */
export function encodePayload(data: unknown, subject: string): Buffer {
  if (data === undefined) return Buffer.alloc(0);
  if (data instanceof Uint8Array) {
    throw new MechaError("INVALID_ARGUMENT", `${subject} is bytes; pass a JSON value, such as a base64 string`);
  }
  return encodeValue(data, "json", subject);
}

/**
 * The payload of a timer or reminder that is due, from the JSON that daprd keeps. What was registered over gRPC is in there
 * as a base64 string of its bytes, what was registered over HTTP as it was; a string that is no base64 of JSON is itself.
 */
export function decodePayload(json: Uint8Array): unknown {
  if (json.length === 0) return undefined;
  const value = parse(Buffer.from(json).toString("utf8"));
  if (typeof value !== "string" || !base64.test(value)) return value;
  // Empty bytes are a registration without payload.
  return value === "" ? undefined : parse(Buffer.from(value, "base64").toString("utf8"), value);
}

/** The JSON that daprd keeps, out of the message in which it is sent. */
export function payloadBytes(data: Any | undefined): Uint8Array {
  if (data === undefined) return Buffer.alloc(0);
  return data.typeUrl.endsWith("google.protobuf.BytesValue") ? bytesIn(data.value) : data.value;
}

/** The one field of a `google.protobuf.BytesValue`. */
function bytesIn(message: Uint8Array): Uint8Array {
  const reader = new BinaryReader(message);
  let bytes: Uint8Array = Buffer.alloc(0);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === 1) bytes = reader.bytes();
    else reader.skip(wireType);
  }
  return bytes;
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/u;

function parse(text: string, otherwise: unknown = text): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return otherwise;
  }
}

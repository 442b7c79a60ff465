import type { Metadata } from "@mecha/sdk-core/protocol";
import { isJsonPayload } from "../doors/json-payload.js";
import { BytesValue } from "./bytes-value.js";

/** What daprd calls the type of a payload. */
const payloadType = "type.googleapis.com/google.protobuf.BytesValue";

/** A payload as messages carry it. */
interface AnyMessage {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

/**
 * The payload of a registration as daprd keeps it: what came over gRPC is a JSON string of its base64, in a message of bytes.
 * None for no bytes.
 *
 * @param metadata - what came beside the registration
 */
export function toPayload(data: Uint8Array, metadata: Metadata): ReturnType<typeof toJsonPayload> | undefined {
  if (data.length === 0) return undefined;
  if (isJsonPayload({ metadata })) return toJsonPayload(data);
  return toJsonPayload(Buffer.from(JSON.stringify(Buffer.from(data).toString("base64"))));
}

/** The payload of JSON as it is. */
export function toJsonPayload(json: Uint8Array): { readonly typeUrl: string; readonly value: Buffer } {
  return { typeUrl: payloadType, value: BytesValue.encode(json) };
}

/** The JSON of a payload; empty if there is none. */
export function payloadJson(payload: AnyMessage | undefined): Uint8Array {
  if (payload === undefined) return Buffer.alloc(0);
  return payload.typeUrl === payloadType ? BytesValue.decode(payload.value) : payload.value;
}

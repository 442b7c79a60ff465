import { encodeValue } from "../codec.js";
import type { Any } from "../generated/google/protobuf/any.js";
import { Value } from "../generated/google/protobuf/struct.js";

/** What says that the bytes are the app's own, as Dapr's other SDKs say it. */
const payloadType = "dapr.io/schedule/jobpayload";

/** The data of a job, for the wire: bytes as they are, everything else as JSON. daprd hands an app on HTTP the same bytes. */
export function toJobData(data: unknown, subject: string): Any | undefined {
  return data === undefined ? undefined : { typeUrl: payloadType, value: encodeValue(data, "json", subject) };
}

/** The bytes of a job's data. What was scheduled over HTTP is a JSON value in protobuf's own form. */
export function fromJobData(data: Any | undefined): Uint8Array {
  if (data === undefined) return Buffer.alloc(0);
  if (!data.typeUrl.endsWith("/google.protobuf.Value")) return data.value;
  return Buffer.from(JSON.stringify(Value.unwrap(Value.decode(data.value))), "utf8");
}

import type { jobs } from "@mecha/sdk-core/protocol";

/** The tag of the one field of a `google.protobuf.BytesValue`. */
const bytesTag = (1 << 3) | 2;

/** The bytes of a payload, out of the message in which daprd keeps them; empty if there is none. */
export function bytesOfPayload(data: jobs.Job["data"]): Buffer {
  if (data === undefined) return Buffer.alloc(0);
  const { typeUrl, value } = data;
  if (!typeUrl.endsWith("google.protobuf.BytesValue")) return value;
  if (value[0] !== bytesTag) return Buffer.alloc(0);
  // The length before the bytes is a varint: seven bits a byte, the last one without the eighth.
  let at = 1;
  while ((value[at] ?? 0) >= 0x80) at++;
  return value.subarray(at + 1);
}

import type { StateRecord } from "@mecha/spec";

/** What a read says of a key: data, ETag and metadata; all empty for an absent one. */
export interface StateValue {
  readonly data: Buffer;
  readonly etag: string;
  readonly metadata: Record<string, string>;
}

/** Turns a stored record into what the Dapr API says of it; expiry as daprd's stores give it (`ttlExpireTime`, RFC 3339). */
export function toStateValue(record: StateRecord | undefined): StateValue {
  if (record === undefined) return { data: Buffer.alloc(0), etag: "", metadata: {} };
  const { value, etag, expiresAtMs } = record;
  return {
    data: Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength),
    etag,
    metadata: expiresAtMs === undefined ? {} : { ttlExpireTime: rfc3339(expiresAtMs) },
  };
}

/** A moment as Go writes it: parts of a second only where there are any. */
function rfc3339(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(".000Z", "Z");
}

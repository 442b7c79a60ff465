import type { LiveValue, StatePlace, StateRecord } from "@mecha/spec";

/** A record as it is kept. */
export interface KeptRecord {
  /** Bytes, as many characters, one for each byte, or what becomes bytes when somebody asks. */
  value: Uint8Array | string | LiveValue;
  etag: number;
  expiresAtMs: number | undefined;
}

/** How often values that have expired are thrown away, as in daprd. */
const sweepIntervalMs = 1_000;

/**
 * How many values are kept as they were handed over at their places, before the oldest of them become bytes, which take less room
 * and hold on to nothing of their owner's.
 */
const maxLive = 1_000;

/** Up to so many bytes, text is cheaper by far to make and to throw away: each array of bytes is memory outside of the heap. */
const longestText = 4096;

/** The records of a store in memory. ETags are numbers that never repeat in the life of the store. */
export class MemoryRecords {
  readonly #records = new Map<string, KeptRecord>();
  /** The records whose value is kept as it was handed over, the oldest first. */
  readonly #live = new Set<KeptRecord>();
  readonly #refuseIfClosed: () => void;
  #lastEtag = 0;
  #sweeper: NodeJS.Timeout | undefined;

  /** @param refuseIfClosed - throws where the places of the store are used after it was closed */
  constructor(refuseIfClosed: () => void) {
    this.#refuseIfClosed = refuseIfClosed;
  }

  /** The record of a key, unless it has expired. */
  get(key: string): KeptRecord | undefined {
    const record = this.#records.get(key);
    return record?.expiresAtMs !== undefined && record.expiresAtMs <= Date.now() ? undefined : record;
  }

  /** The keys, those of expired records among them. */
  keys(): Iterable<string> {
    return this.#records.keys();
  }

  /** Stores a copy of bytes under a new ETag. */
  set(key: string, value: Uint8Array, ttlSeconds: number | undefined): void {
    this.#put(key, compact(value), ttlSeconds);
  }

  delete(key: string): void {
    this.#forgetLive(key);
    this.#records.delete(key);
  }

  /** Puts back what was there before, expired or not: what this returns gives it back. */
  remember(key: string): () => void {
    const record = this.#records.get(key);
    return () => {
      this.delete(key);
      if (record === undefined) return;
      this.#records.set(key, record);
      if (isLive(record.value)) this.#keepLive(record, record.value);
    };
  }

  /** The place of a key. */
  placeOf(key: string): StatePlace {
    return {
      read: () => {
        this.#refuseIfClosed();
        const value = this.get(key)?.value;
        return value === undefined || isLive(value) ? value : bytesOf(value);
      },
      write: (value, ttlSeconds) => {
        this.#refuseIfClosed();
        const record = this.#records.get(key);
        // The most frequent case by far: a value that was changed where it is.
        if (record !== undefined && ttlSeconds === undefined && record.value === value) {
          record.etag = ++this.#lastEtag;
          record.expiresAtMs = undefined;
        } else this.#keepLive(this.#put(key, value, ttlSeconds), value);
      },
      hold: (value) => {
        const record = this.get(key);
        if (record !== undefined) this.#keepLive(record, value);
      },
    };
  }

  clear(): void {
    clearInterval(this.#sweeper);
    this.#records.clear();
    this.#live.clear();
  }

  #put(key: string, value: KeptRecord["value"], ttlSeconds: number | undefined): KeptRecord {
    this.#forgetLive(key);
    const expiresAtMs = ttlSeconds === undefined ? undefined : Date.now() + ttlSeconds * 1_000;
    const record = { value, etag: ++this.#lastEtag, expiresAtMs };
    this.#records.set(key, record);
    if (expiresAtMs !== undefined) this.#sweeper ??= setInterval(() => this.#sweep(), sweepIntervalMs).unref();
    return record;
  }

  /** Keeps a value as it was handed over, and has the oldest such value become bytes where there are too many. */
  #keepLive(record: KeptRecord, value: LiveValue): void {
    record.value = value;
    this.#live.add(record);
    if (this.#live.size <= maxLive) return;
    for (const oldest of this.#live) {
      this.#live.delete(oldest);
      if (isLive(oldest.value)) oldest.value = compact(oldest.value.toBytes());
      return;
    }
  }

  #forgetLive(key: string): void {
    const record = this.#live.size === 0 ? undefined : this.#records.get(key);
    if (record !== undefined) this.#live.delete(record);
  }

  #sweep(): void {
    let expiring = 0;
    for (const [key, { expiresAtMs }] of this.#records) {
      if (expiresAtMs === undefined) continue;
      if (expiresAtMs <= Date.now()) this.delete(key);
      else expiring++;
    }
    if (expiring > 0) return;
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
  }
}

/** A record as it is given to a reader. */
export function toStateRecord({ value, etag, expiresAtMs }: KeptRecord): StateRecord {
  return { value: bytesOf(value), etag: String(etag), ...(expiresAtMs !== undefined && { expiresAtMs }) };
}

/** The bytes of a kept value; the caller may change them. */
export function bytesOf(value: KeptRecord["value"]): Buffer {
  if (typeof value === "string") return Buffer.from(value, "latin1");
  return Buffer.from(isLive(value) ? value.toBytes() : value);
}

function compact(value: Uint8Array): Uint8Array | string {
  if (value.length > longestText) return Uint8Array.from(value);
  const bytes = Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return bytes.toString("latin1");
}

function isLive(value: KeptRecord["value"]): value is LiveValue {
  return typeof value === "object" && "toBytes" in value;
}

/** An entry of a stream. */
export interface StreamEntry {
  /** Its id: milliseconds in the upper 64 bits, sequence number in the lower. */
  readonly id: bigint;
  /** Fields and values, one after the other. */
  readonly fields: readonly Buffer[];
}

/** Older entries of a stream that have a document of their own. */
export interface StreamPart {
  /** Name of the document. */
  readonly name: string;
  first: bigint;
  last: bigint;
  count: number;
}

/** An entry that was delivered to a consumer and not acknowledged. */
export interface PendingEntry {
  consumer: string;
  deliveredAtMs: number;
  deliveries: number;
}

/** A consumer group of a stream. */
export interface StreamGroup {
  lastId: bigint;
  /** How many entries it has read; -1 if unknown. */
  entriesRead: bigint;
  readonly pending: Map<bigint, PendingEntry>;
  /** When each consumer was last seen, in milliseconds since 1970, by name. */
  readonly consumers: Map<string, number>;
}

/** A Redis stream: older entries in parts, the newest in the document itself. */
export interface StreamValue {
  readonly type: "stream";
  lastId: bigint;
  maxDeletedId: bigint;
  /** How many entries were ever added. */
  added: bigint;
  /** Oldest first. */
  readonly parts: StreamPart[];
  tail: StreamEntry[];
  /** By name, as latin1 text of its bytes. */
  readonly groups: Map<string, StreamGroup>;
}

/** A document with older entries of a stream. No key leads to it. */
export interface StreamPartValue {
  readonly type: "stream-part";
  readonly entries: StreamEntry[];
}

import type { InboundMessage, OutboundMessage } from "@mecha/spec";

/** An entry of a stream as it came from Redis. */
export interface StreamEntry {
  /** For example `1732358400000-0`. */
  readonly id: string;
  readonly data: Uint8Array;
  readonly metadata: Readonly<Record<string, string>>;
}

const dataField = Buffer.from("data");
const metadataField = Buffer.from("metadata");
const nothing = Buffer.alloc(0);

/** The fields of an entry as daprd writes them: `data`, and the metadata of the request as JSON if there is any. */
export function fieldsOf({ data, metadata }: OutboundMessage): (string | Buffer)[] {
  const body = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const hasMetadata = Object.keys(metadata).length > 0;
  return ["data", body, ...(hasMetadata ? ["metadata", goJson(metadata)] : [])];
}

/** JSON as Go's encoder writes a map: keys in order, and what could end a script element escaped. */
function goJson(metadata: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(metadata).sort(([one], [other]) =>
    Buffer.compare(Buffer.from(one), Buffer.from(other)),
  );
  return JSON.stringify(Object.fromEntries(sorted)).replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * Reads the entries of a reply; one that is gone from the stream has no fields and is left out.
 */
export function entriesOf(reply: unknown): StreamEntry[] {
  if (!Array.isArray(reply)) return [];
  // Redis replies to XREADGROUP and XCLAIM with lists of [id, [name, value, …] or nothing].
  const entries = reply as readonly (readonly [Buffer, readonly Buffer[] | null] | null)[];
  const read: StreamEntry[] = [];
  for (const entry of entries) {
    const fields = entry?.[1];
    if (entry === null || fields === undefined || fields === null) continue;
    read.push(toStreamEntry(entry[0].toString("latin1"), valueOf(fields, dataField), valueOf(fields, metadataField)));
  }
  return read;
}

/**
 * An entry of the values of its fields; those that are not there are empty. Metadata that is no JSON object of texts counts as none, as
 * in daprd.
 */
export function toStreamEntry(id: string, data: Buffer, metadata: Buffer): StreamEntry {
  return { id, data, metadata: metadataOf(metadata) };
}

/** The message of an entry, with bytes of its own. */
export function messageOf({ id, data, metadata }: StreamEntry, attempt: number): InboundMessage {
  // Memory of its own for each would cost more than all else that is done with a small message.
  const copy = Buffer.from(data);
  return { id, data: new Uint8Array(copy.buffer, copy.byteOffset, copy.length), metadata: { ...metadata }, attempt };
}

function valueOf(fields: readonly Buffer[], name: Buffer): Buffer {
  for (let index = 0; index + 1 < fields.length; index += 2) {
    if (fields[index]?.equals(name) === true) return fields[index + 1] ?? nothing;
  }
  return nothing;
}

function metadataOf(bytes: Buffer): Record<string, string> {
  if (bytes.length === 0) return {};
  try {
    const parsed: unknown = JSON.parse(bytes.toString("utf8"));
    if (typeof parsed !== "object" || parsed === null) return {};
    return Object.fromEntries(
      Object.entries(parsed).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    );
  } catch {
    return {};
  }
}

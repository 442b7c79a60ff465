import { MechaError } from "@mecha/spec";
import type { Document, Value, ValueType } from "./document.js";
import {
  documentVersion,
  headerBytes,
  markOf,
  markOfEndingFields,
  revisionBytes,
  typeOfMark,
} from "./document-format.js";
import { DocumentReader } from "./document-reader.js";
import { ItemArray } from "./list-items.js";
import { noParts, type PartStore } from "./parts/part-store.js";
import { readSplit } from "./parts/split-values.js";
import { readStream, readStreamPart } from "./stream-codec.js";

/**
 * Reads a stored document.
 *
 * @param parts - where the parts of its value are, if it is in several
 * @throws MechaError `DATA_LOSS` for bytes that no version known here can have written
 */
export function decodeDocument(bytes: Buffer, parts: PartStore = noParts): Document {
  if (bytes[0] !== documentVersion || bytes.length < headerBytes) {
    throw new MechaError(
      "DATA_LOSS",
      "The state store holds a value under this key that the cache adapter did not write, or that a newer version wrote",
    );
  }
  const revision = bytes.toString("latin1", 2, 2 + revisionBytes);
  const mark = bytes[1] ?? markOf.none;
  if (mark === markOf.none) return { revision, entry: undefined };
  const type = typeOfMark.get(mark);
  if (type === undefined) throw new MechaError("DATA_LOSS", `A cache document has the unknown type ${String(mark)}`);
  const reader = new DocumentReader(bytes, 2 + revisionBytes);
  const expireAtMs = reader.double();
  const value =
    readSplit(mark, reader, parts) ??
    (mark === markOfEndingFields ? readEndingFields(reader) : readValue(type, reader));
  return { revision, entry: { value, expireAtMs: expireAtMs === 0 ? undefined : expireAtMs } };
}

function readEndingFields(reader: DocumentReader): Value {
  const fields = new Map<string, Buffer>();
  const expiries = new Map<string, number>();
  while (!reader.done) {
    const field = reader.text();
    fields.set(field, reader.bytes());
    const expireAtMs = reader.double();
    if (expireAtMs !== 0) expiries.set(field, expireAtMs);
  }
  return { type: "hash", fields, expiries };
}

function readValue(type: ValueType, reader: DocumentReader): Value {
  switch (type) {
    case "string":
      return { type, bytes: reader.rest() };
    case "hash": {
      const fields = new Map<string, Buffer>();
      while (!reader.done) fields.set(reader.text(), reader.bytes());
      return { type, fields };
    }
    case "list": {
      const items: Buffer[] = [];
      while (!reader.done) items.push(reader.bytes());
      return { type, items: new ItemArray(items) };
    }
    case "set": {
      const members = new Set<string>();
      while (!reader.done) members.add(reader.text());
      return { type, members };
    }
    case "zset": {
      const scores = new Map<string, number>();
      while (!reader.done) scores.set(reader.text(), reader.double());
      return { type, scores };
    }
    case "stream":
      return readStream(reader);
    case "stream-part":
      return readStreamPart(reader);
    case "packed-part":
      return { type, packed: { length: reader.count(), bytes: reader.rest() } };
  }
}

import type { Document, Value } from "./document.js";
import { DocumentWriter } from "./document-writer.js";
import { writeEntries, writeStream } from "./stream-codec.js";
import { documentVersion, markOf, markOfEndingFields, markOfSplit, revisionBytes } from "./document-format.js";
import { writeSplit } from "./parts/split-values.js";

/** Turns a document into the bytes that are stored; see `document-format.ts` for the layout. */
export function encodeDocument({ revision, entry }: Document): Buffer {
  const writer = new DocumentWriter(revisionBytes + 16 + (entry === undefined ? 0 : sizeOf(entry.value)));
  writer.byte(documentVersion);
  writer.byte(entry === undefined ? markOf.none : markOfValue(entry.value));
  writer.raw(Buffer.from(revision, "latin1"));
  writer.double(entry?.expireAtMs ?? 0);
  if (entry !== undefined) writeValue(writer, entry.value);
  return writer.finish();
}

function markOfValue(value: Value): number {
  if ("split" in value) return markOfSplit[value.type];
  return value.type === "hash" && value.expiries !== undefined ? markOfEndingFields : markOf[value.type];
}

function writeValue(writer: DocumentWriter, value: Value): void {
  if (writeSplit(writer, value)) return;
  switch (value.type) {
    case "string":
      writer.raw(value.bytes);
      return;
    case "hash":
      for (const [field, bytes] of value.fields) {
        writer.text(field);
        writer.bytes(bytes);
        if (value.expiries !== undefined) writer.double(value.expiries.get(field) ?? 0);
      }
      return;
    case "list":
      for (const item of value.items) writer.bytes(item);
      return;
    case "set":
      for (const member of value.members) writer.text(member);
      return;
    case "zset":
      for (const [member, score] of value.scores) {
        writer.text(member);
        writer.double(score);
      }
      return;
    case "stream":
      writeStream(writer, value);
      return;
    case "stream-part":
      writeEntries(writer, value.entries);
      return;
    case "packed-part":
      writer.count(value.packed.length);
      writer.raw(value.packed.bytes);
  }
}

/** About how much the document of a value in parts takes. */
const splitBytes = 1024;

/** A first guess of the room that a value takes; the writer grows where it is short. */
function sizeOf(value: Value): number {
  if ("split" in value) return splitBytes;
  switch (value.type) {
    case "string":
      return value.bytes.length;
    case "hash":
      return value.fields.size * 32;
    case "list":
      return value.items.length * 32;
    case "set":
      return value.members.size * 24;
    case "zset":
      return value.scores.size * 32;
    case "stream":
      return value.tail.length * 64 + value.parts.length * 64;
    case "stream-part":
      return value.entries.length * 64;
    case "packed-part":
      return value.packed.bytes.length;
  }
}

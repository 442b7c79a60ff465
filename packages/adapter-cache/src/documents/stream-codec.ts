import type { DocumentReader } from "./document-reader.js";
import type { DocumentWriter } from "./document-writer.js";
import type {
  PendingEntry,
  StreamEntry,
  StreamGroup,
  StreamPart,
  StreamPartValue,
  StreamValue,
} from "./stream-value.js";

/** Writes a stream: its numbers, its parts, its groups, and the newest entries. */
export function writeStream(
  writer: DocumentWriter,
  { lastId, maxDeletedId, added, parts, groups, tail }: StreamValue,
): void {
  writer.id(lastId);
  writer.id(maxDeletedId);
  writer.id(added);
  writer.count(parts.length);
  for (const { name, first, last, count } of parts) {
    writer.text(name);
    writer.id(first);
    writer.id(last);
    writer.count(count);
  }
  writer.count(groups.size);
  for (const [name, group] of groups) {
    writer.text(name);
    writeGroup(writer, group);
  }
  writeEntries(writer, tail);
}

/** Writes entries up to the end of the document. */
export function writeEntries(writer: DocumentWriter, entries: readonly StreamEntry[]): void {
  for (const { id, fields } of entries) {
    writer.id(id);
    writer.count(fields.length);
    for (const field of fields) writer.bytes(field);
  }
}

function writeGroup(writer: DocumentWriter, { lastId, entriesRead, pending, consumers }: StreamGroup): void {
  writer.id(lastId);
  // Unknown is -1, and there are no negative numbers here.
  writer.id(entriesRead + 1n);
  writer.count(consumers.size);
  const numbers = new Map([...consumers.keys()].map((name, index) => [name, index]));
  for (const [name, seenAtMs] of consumers) {
    writer.text(name);
    writer.double(seenAtMs);
  }
  writer.count(pending.size);
  for (const [id, { consumer, deliveredAtMs, deliveries }] of pending) {
    writer.id(id);
    writer.count(numbers.get(consumer) ?? 0);
    writer.double(deliveredAtMs);
    writer.double(deliveries);
  }
}

/** Reads what `writeStream` wrote. */
export function readStream(reader: DocumentReader): StreamValue {
  const [lastId, maxDeletedId, added] = [reader.id(), reader.id(), reader.id()];
  const parts = Array.from(
    { length: reader.count() },
    (): StreamPart => ({
      name: reader.text(),
      first: reader.id(),
      last: reader.id(),
      count: reader.count(),
    }),
  );
  const groups = new Map<string, StreamGroup>();
  for (let left = reader.count(); left > 0; left--) groups.set(reader.text(), readGroup(reader));
  return { type: "stream", lastId, maxDeletedId, added, parts, groups, tail: readEntries(reader) };
}

/** Reads what `writeEntries` wrote. */
export function readStreamPart(reader: DocumentReader): StreamPartValue {
  return { type: "stream-part", entries: readEntries(reader) };
}

function readEntries(reader: DocumentReader): StreamEntry[] {
  const entries: StreamEntry[] = [];
  while (!reader.done) {
    const id = reader.id();
    entries.push({ id, fields: Array.from({ length: reader.count() }, () => reader.bytes()) });
  }
  return entries;
}

function readGroup(reader: DocumentReader): StreamGroup {
  const [lastId, entriesRead] = [reader.id(), reader.id() - 1n];
  const consumers = new Map(
    Array.from({ length: reader.count() }, (): [string, number] => [reader.text(), reader.double()]),
  );
  const names = [...consumers.keys()];
  const pending = new Map<bigint, PendingEntry>();
  for (let left = reader.count(); left > 0; left--) {
    const id = reader.id();
    const consumer = names[reader.count()] ?? "";
    pending.set(id, { consumer, deliveredAtMs: reader.double(), deliveries: reader.double() });
  }
  return { lastId, entriesRead, consumers, pending };
}

import type { PendingEntry, StreamEntry, StreamGroup, StreamValue } from "../../documents/stream-value.js";
import { sequenceOf, timeOf, toId } from "../streams/stream-id.js";
import type { DumpReader } from "./dump-reader.js";
import { readListpack } from "./listpack.js";

/** Marks of an entry in a listpack. */
const deleted = 1n;
const sameFields = 2n;

/**
 * Reads a stream as Redis writes it, into one piece. Throws `RangeError` for what makes no sense.
 *
 * @param hasCounters - whether the form has what Redis keeps since 7.0: ids of the first entry and the highest deleted one, how many
 * entries were ever added, and how many each group has read
 */
export function readStreamDump(reader: DumpReader, hasCounters: boolean): StreamValue {
  const tail = repeat(reader, () => readNode(reader)).flat();
  if (reader.length() !== tail.length) throw new RangeError("A stream has another length than it says");
  const lastId = readHalves(reader);
  // The id of the first entry stands in the entries.
  if (hasCounters) readHalves(reader);
  const maxDeletedId = hasCounters ? readHalves(reader) : 0n;
  const added = hasCounters ? reader.wideLength() : BigInt(tail.length);
  const groups = new Map(repeat(reader, () => [latin1(reader.text()), readGroup(reader, hasCounters)] as const));
  return { type: "stream", lastId, maxDeletedId, added, parts: [], tail, groups };
}

function readNode(reader: DumpReader): StreamEntry[] {
  const master = idOf(reader.text());
  const words = readListpack(reader.text())[Symbol.iterator]();
  const next = (): Buffer => words.next().value ?? incomplete();
  const number = (): bigint => BigInt(next().toString("latin1"));
  const left = number() + number();
  const shared = Array.from({ length: Number(number()) }, next);
  number();
  const entries: StreamEntry[] = [];
  for (let index = 0n; index < left; index++) {
    const flags = number();
    // The differences wrap around, as they do in C.
    const [time, sequence] = [timeOf(master) + number(), sequenceOf(master) + number()];
    const id = toId(BigInt.asUintN(64, time), BigInt.asUintN(64, sequence));
    const names = (flags & sameFields) === 0n ? undefined : shared;
    const count = names?.length ?? Number(number());
    const fields = Array.from({ length: count }, (_, at) => [names?.[at] ?? next(), next()]).flat();
    number();
    if ((flags & deleted) === 0n) entries.push({ id, fields });
  }
  return entries;
}

function readGroup(reader: DumpReader, hasCounters: boolean): StreamGroup {
  const lastId = readHalves(reader);
  const entriesRead = hasCounters ? BigInt.asIntN(64, reader.wideLength()) : -1n;
  const delivered = new Map(
    repeat(reader, () => {
      const id = idOf(reader.bytes(16));
      return [id, { deliveredAtMs: reader.time(), deliveries: reader.length() }] as const;
    }),
  );
  const pending = new Map<bigint, PendingEntry>();
  const consumers = new Map<string, number>();
  repeat(reader, () => {
    const consumer = latin1(reader.text());
    consumers.set(consumer, reader.time());
    repeat(reader, () => {
      const id = idOf(reader.bytes(16));
      pending.set(id, { consumer, ...(delivered.get(id) ?? incomplete()) });
    });
  });
  if (pending.size !== delivered.size) throw new RangeError("An entry of a group is nobody's");
  return {
    lastId,
    entriesRead,
    pending: new Map([...pending].sort(([one], [other]) => (one < other ? -1 : 1))),
    consumers,
  };
}

/** As many as a length says. */
function repeat<T>(reader: DumpReader, read: () => T): T[] {
  const items: T[] = [];
  for (let left = reader.length(); left > 0; left--) items.push(read());
  return items;
}

function readHalves(reader: DumpReader): bigint {
  return toId(reader.wideLength(), reader.wideLength());
}

function idOf(bytes: Buffer): bigint {
  return toId(bytes.readBigUInt64BE(0), bytes.readBigUInt64BE(8));
}

function latin1(bytes: Buffer): string {
  return bytes.toString("latin1");
}

function incomplete(): never {
  throw new RangeError("A stream ends too early");
}

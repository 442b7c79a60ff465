import type { StreamEntry, StreamGroup, StreamValue } from "../../documents/stream-value.js";
import { sequenceOf, timeOf } from "../streams/stream-id.js";
import { length, member, text, time } from "./dump-parts.js";
import { writeListpack } from "./listpack.js";

/** How many entries Redis puts into one listpack by default. */
const entriesTogether = 100;

/** How many bytes Redis puts into one listpack by default, about. */
const bytesTogether = 4_096;

/** Writes a stream in one piece as Redis 7.0 does: its entries in listpacks, its ids and counters, its groups. */
export function writeStream({ tail, lastId, maxDeletedId, added, groups }: StreamValue): readonly Buffer[] {
  const nodes = nodesOf(tail);
  return [
    length(nodes.length),
    ...nodes.flatMap(writeNode),
    length(tail.length),
    ...[lastId, tail[0]?.id ?? 0n, maxDeletedId].flatMap(halves),
    length(added),
    length(groups.size),
    ...[...groups].flatMap(([name, group]) => [...member(name), ...writeGroup(group)]),
  ];
}

function nodesOf(entries: readonly StreamEntry[]): readonly (readonly StreamEntry[])[] {
  const nodes: StreamEntry[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const node = nodes.at(-1);
    if (node === undefined || node.length >= entriesTogether || bytes >= bytesTogether) {
      nodes.push([entry]);
      bytes = 0;
    } else node.push(entry);
    bytes += entry.fields.reduce((sum, field) => sum + field.length, 0);
  }
  return nodes;
}

/** The id of the first entry, and a listpack that begins with how many entries follow, and no names of fields that they share. */
function writeNode(entries: readonly StreamEntry[]): readonly Buffer[] {
  const master = entries[0]?.id ?? 0n;
  const head = [BigInt(entries.length), 0n, 0n, 0n];
  const packed = entries.flatMap(({ id, fields }) => [
    ...[0n, timeOf(id) - timeOf(master), sequenceOf(id) - sequenceOf(master), BigInt(fields.length / 2)],
    ...fields,
    // How many elements of the listpack the entry has, to go through it from its end.
    BigInt(fields.length + 4),
  ]);
  return [...text(rawId(master)), ...text(writeListpack([...head, ...packed]))];
}

function writeGroup({ lastId, entriesRead, pending, consumers }: StreamGroup): readonly Buffer[] {
  const all = [...pending];
  return [
    ...halves(lastId),
    length(BigInt.asUintN(64, entriesRead)),
    length(all.length),
    ...all.flatMap(([id, { deliveredAtMs, deliveries }]) => [rawId(id), time(deliveredAtMs), length(deliveries)]),
    length(consumers.size),
    ...[...consumers].flatMap(([name, seenAtMs]) => {
      const own = all.filter(([, { consumer }]) => consumer === name);
      return [...member(name), time(seenAtMs), length(own.length), ...own.map(([id]) => rawId(id))];
    }),
  ];
}

function halves(id: bigint): readonly [Buffer, Buffer] {
  return [length(timeOf(id)), length(sequenceOf(id))];
}

function rawId(id: bigint): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64BE(timeOf(id), 0);
  bytes.writeBigUInt64BE(sequenceOf(id), 8);
  return bytes;
}

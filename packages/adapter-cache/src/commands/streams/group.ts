import type { StreamEntry, StreamGroup } from "../../documents/stream-value.js";
import type { Keyspace } from "../../engine/keyspace.js";
import { ErrorReply } from "../../resp/reply.js";
import type { Arguments } from "../arguments.js";
import { readStream, type Stream } from "./stream.js";

/** That nobody knows how many entries a group has read. */
export const unknownRead = -1n;

/** A stream and one of its groups. */
export interface GroupOfStream {
  readonly stream: Stream;
  readonly group: StreamGroup;
}

/** The group that the first two arguments name, or an error. */
export function requireGroup(keyspace: Keyspace, args: Arguments): GroupOfStream {
  const stream = readStream(keyspace, args.bytes(1));
  const group = stream?.value.groups.get(args.text(2));
  if (stream === undefined || group === undefined)
    throw new ErrorReply(`NOGROUP No such key '${args.shown(1)}' or consumer group '${args.shown(2)}'`);
  return { stream, group };
}

/** Has a group deliver an entry to a consumer, which has to acknowledge it. */
export function deliver({ group }: GroupOfStream, id: bigint, consumer: string, now: number): void {
  group.pending.set(id, { consumer, deliveredAtMs: now, deliveries: 1 });
}

/** Moves a group on to an entry that it delivers. */
export function advance({ stream, group }: GroupOfStream, { id }: StreamEntry): void {
  if (id <= group.lastId) return;
  if (group.entriesRead !== unknownRead && !hasDeleted(stream, id)) group.entriesRead++;
  else if (stream.value.added > 0n) group.entriesRead = countUpTo(stream, id);
  group.lastId = id;
}

/** How many entries a group has still to read; `undefined` if that is not known. */
export function lagOf({ stream, group }: GroupOfStream): bigint | undefined {
  const { added } = stream.value;
  if (added === 0n) return 0n;
  if (group.entriesRead !== unknownRead && !hasDeleted(stream, group.lastId)) return added - group.entriesRead;
  const read = countUpTo(stream, group.lastId);
  return read === unknownRead ? undefined : added - read;
}

/** The ids that wait for acknowledgement, in order: of a group, or of one consumer. */
export function pendingIds(group: StreamGroup, consumer?: string): readonly bigint[] {
  const ids = [...group.pending]
    .filter(([, entry]) => consumer === undefined || entry.consumer === consumer)
    .map(([id]) => id);
  return ids.sort((left, right) => (left < right ? -1 : left > right ? 1 : 0));
}

/** Names in the order of their bytes, as Redis keeps them. */
export function sortedNames(names: Iterable<string>): readonly string[] {
  return [...names].sort((left, right) => (left < right ? -1 : 1));
}

/** Whether entries from an id on may have been removed out of their order. */
function hasDeleted(stream: Stream, from: bigint): boolean {
  const { maxDeletedId } = stream.value;
  return stream.length > 0 && maxDeletedId !== 0n && from <= maxDeletedId;
}

/** How many entries were ever added up to an id, or -1. */
function countUpTo(stream: Stream, id: bigint): bigint {
  const { added, lastId, maxDeletedId } = stream.value;
  if (added === 0n) return 0n;
  const length = BigInt(stream.length);
  if (length === 0n && id <= lastId) return added;
  if (id === lastId) return added;
  if (id > lastId) return unknownRead;
  if (maxDeletedId !== 0n && maxDeletedId >= stream.firstId) return unknownRead;
  if (id < stream.firstId) return added - length;
  return id === stream.firstId ? added - length + 1n : unknownRead;
}

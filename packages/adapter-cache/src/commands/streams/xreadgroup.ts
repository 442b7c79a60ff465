import type { Keyspace } from "../../engine/keyspace.js";
import { MustWait } from "../../engine/must-wait.js";
import { ErrorReply, KeyedReply, nullArray, type Reply } from "../../resp/reply.js";
import type { Arguments } from "../arguments.js";
import type { Command } from "../command.js";
import { advance, deliver, pendingIds, type GroupOfStream } from "./group.js";
import { placed, type PlacedKey, readyKeys } from "./ready-keys.js";
import { readKeys, readReadOptions, type ReadOptions } from "./read-options.js";
import { readStream, showEntry } from "./stream.js";
import { invalidId, maxId, parseId, showId } from "./stream-id.js";

/** `XREADGROUP GROUP group consumer [COUNT count] [BLOCK milliseconds] [NOACK] STREAMS key… id…`. */
export const xreadgroup: Command = {
  name: "xreadgroup",
  arity: -7,
  keys: (args) => readKeys(args, "xreadgroup"),
  writes: true,
  run: (keyspace, args) => read(keyspace, args, placed(readReadOptions(args, "xreadgroup").keys)),
  blocking: {
    timeoutMs: (args) => readReadOptions(args, "xreadgroup").blockMs,
    resume: (keyspace, args) => readAgain(keyspace, args),
  },
};

interface Wanted extends GroupOfStream {
  readonly key: Buffer;
  /** The history after an id; `undefined` for entries that nobody had. */
  readonly after: bigint | undefined;
}

function read(keyspace: Keyspace, args: Arguments, keys: readonly PlacedKey[]): Reply {
  const options = readReadOptions(args, "xreadgroup");
  const wanted = keys.map((each) => find(keyspace, args, { ...each, options }));
  const found = wanted.flatMap((each): [Reply, Reply][] => {
    const { stream, group, after, key } = each;
    if (after === undefined && stream.topId <= group.lastId) return [];
    const entries = after === undefined ? fresh(each, options, keyspace.now) : history(each, options, keyspace.now);
    stream.save();
    return [[key, entries]];
  });
  if (found.length > 0) return new KeyedReply(found);
  if (options.blockMs !== undefined) throw new MustWait(nullArray);
  return nullArray;
}

/** Who has waited hears that the stream or the group is gone, and nothing of one of another type. */
function readAgain(keyspace: Keyspace, args: Arguments): Reply {
  const { keys, group } = readReadOptions(args, "xreadgroup");
  const ready = readyKeys(keyspace, keys);
  for (const { key } of ready) {
    const value = keyspace.find(key)?.value;
    if (value === undefined) throw new ErrorReply("UNBLOCKED the stream key no longer exists");
    if (value.type !== "stream")
      throw new ErrorReply("WRONGTYPE Operation against a key holding the wrong kind of value");
    if (group !== undefined && !value.groups.has(group.name))
      throw new ErrorReply("NOGROUP the consumer group this client was blocked on no longer exists");
  }
  return read(keyspace, args, ready);
}

function find(
  keyspace: Keyspace,
  args: Arguments,
  { key, index, options }: PlacedKey & { readonly options: ReadOptions },
): Wanted {
  const stream = readStream(keyspace, key);
  const group = stream?.value.groups.get(options.group?.name ?? "");
  const keyAt = options.idsAt - options.keys.length + index;
  if (stream === undefined || group === undefined)
    throw new ErrorReply(
      `NOGROUP No such key '${args.shown(keyAt)}' or consumer group '${options.group?.name ?? ""}' in XREADGROUP with GROUP option`,
    );
  return { key, stream, group, after: readAfter(args.text(options.idsAt + index)) };
}

function readAfter(text: string): bigint | undefined {
  if (text === ">") return undefined;
  if (text === "$")
    throw new ErrorReply(
      "ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by specifying a proper ID, or use the > ID to get new messages. The $ ID would just return an empty result set.",
    );
  const id = parseId(text);
  if (id === undefined) throw invalidId();
  // Redis keeps `>` as the largest id there can be.
  return id === maxId ? undefined : id;
}

function fresh(wanted: Wanted, { count, group, withoutAck }: ReadOptions, now: number): readonly Reply[] {
  const consumer = group?.consumer ?? "";
  wanted.group.consumers.set(consumer, now);
  return wanted.stream.range({ start: wanted.group.lastId + 1n }, count).map((entry) => {
    advance(wanted, entry);
    if (!withoutAck) deliver(wanted, entry.id, consumer, now);
    return showEntry(entry);
  });
}

/** What the consumer has had and not acknowledged. */
function history({ stream, group, after = 0n }: Wanted, options: ReadOptions, now: number): readonly Reply[] {
  const consumer = options.group?.consumer ?? "";
  group.consumers.set(consumer, now);
  const ids = pendingIds(group, consumer).filter((id) => id > after);
  return ids.slice(0, options.count === 0 ? undefined : options.count).map((id) => {
    const entry = stream.find(id);
    const pending = group.pending.get(id);
    if (entry === undefined || pending === undefined) return [showId(id), nullArray];
    pending.deliveredAtMs = now;
    pending.deliveries++;
    return showEntry(entry);
  });
}

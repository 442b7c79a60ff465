import type { Keyspace } from "../../engine/keyspace.js";
import { MustWait } from "../../engine/must-wait.js";
import { ErrorReply, KeyedReply, nullArray, type Reply } from "../../resp/reply.js";
import type { Arguments } from "../arguments.js";
import type { Command } from "../command.js";
import { readyKeys } from "./ready-keys.js";
import { readKeys, readReadOptions } from "./read-options.js";
import { readStream, showEntry, type Stream } from "./stream.js";
import { invalidId, parseId } from "./stream-id.js";

/** What `$` meant to those who wait: the last entry that there was when they came. */
const seenByWaiters = new WeakMap<Arguments, readonly bigint[]>();

/** `XREAD [COUNT count] [BLOCK milliseconds] STREAMS key… id…`: entries after the ids; `$` is the last there is. */
export const xread: Command = {
  name: "xread",
  arity: -4,
  keys: (args) => readKeys(args, "xread"),
  writes: false,
  run: (keyspace, args) => read(keyspace, args),
  blocking: {
    timeoutMs: (args) => readReadOptions(args, "xread").blockMs,
    resume: (keyspace, args) => readAgain(keyspace, args),
  },
};

function read(keyspace: Keyspace, args: Arguments): Reply {
  const { count, blockMs, keys, idsAt } = readReadOptions(args, "xread");
  const streams = keys.map((key, index) => {
    const stream = readStream(keyspace, key);
    return { key, stream, after: readAfter(args.text(idsAt + index), stream?.value.lastId ?? 0n) };
  });
  const found = entriesOf(streams, count);
  if (found.length > 0) return new KeyedReply(found);
  if (blockMs === undefined) return nullArray;
  seenByWaiters.set(
    args,
    streams.map(({ after }) => after),
  );
  throw new MustWait(nullArray);
}

/** Who has waited hears nothing of keys of another type. */
function readAgain(keyspace: Keyspace, args: Arguments): Reply {
  const { count, keys } = readReadOptions(args, "xread");
  const seen = seenByWaiters.get(args) ?? [];
  const streams = readyKeys(keyspace, keys).map(({ key, index }) => {
    const isStream = keyspace.find(key)?.value.type === "stream";
    return { key, stream: isStream ? readStream(keyspace, key) : undefined, after: seen[index] ?? 0n };
  });
  const found = entriesOf(streams, count);
  if (found.length > 0) return new KeyedReply(found);
  throw new MustWait(nullArray);
}

interface Wanted {
  readonly key: Buffer;
  readonly stream: Stream | undefined;
  readonly after: bigint;
}

function entriesOf(streams: readonly Wanted[], count: number): readonly [Reply, Reply][] {
  const found: [Reply, Reply][] = [];
  for (const { key, stream, after } of streams) {
    if (stream === undefined || stream.topId <= after) continue;
    found.push([key, stream.range({ start: after + 1n }, count).map(showEntry)]);
  }
  return found;
}

function readAfter(text: string, lastId: bigint): bigint {
  if (text === "$") return lastId;
  if (text === ">")
    throw new ErrorReply(
      "ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.",
    );
  const id = parseId(text);
  if (id === undefined) throw invalidId();
  return id;
}

import type { Keyspace } from "../../engine/keyspace.js";
import { MustWait } from "../../engine/must-wait.js";
import { ErrorReply, KeyedReply, nullArray, type Reply } from "../../resp/reply.js";
import type { Arguments } from "../arguments.js";
import type { Command } from "../command.js";
import { readKeys, readReadOptions } from "./read-options.js";
import { readStream, showEntry } from "./stream.js";
import { invalidId, parseId } from "./stream-id.js";

/** What `$` meant to those who wait: the last entry that there was when they came. */
const seenByWaiters = new WeakMap<Arguments, readonly bigint[]>();

/** `XREAD [COUNT count] [BLOCK milliseconds] STREAMS key… id…`: entries after the ids; `$` is the last there is. */
export const xread: Command = {
  name: "xread",
  arity: -4,
  keys: (args) => readKeys(args, "xread"),
  writes: false,
  run: (keyspace, args) => read(keyspace, args, false),
  blocking: {
    timeoutMs: (args) => readReadOptions(args, "xread").blockMs,
    resume: (keyspace, args) => read(keyspace, args, true),
  },
};

function read(keyspace: Keyspace, args: Arguments, lenient: boolean): Reply {
  const { count, blockMs, keys, idsAt } = readReadOptions(args, "xread");
  const found: [Reply, Reply][] = [];
  const streams = keys.map((key, index) => {
    const other = lenient && keyspace.find(key)?.value.type !== "stream";
    const stream = other ? undefined : readStream(keyspace, key);
    const after = seenByWaiters.get(args)?.[index] ?? readAfter(args.text(idsAt + index), stream?.value.lastId ?? 0n);
    return { key, stream, after };
  });
  for (const { key, stream, after } of streams) {
    if (stream === undefined || stream.topId <= after) continue;
    found.push([key, stream.range({ start: after + 1n }, count).map(showEntry)]);
  }
  if (found.length > 0) return new KeyedReply(found);
  if (blockMs === undefined) return nullArray;
  seenByWaiters.set(
    args,
    streams.map(({ after }) => after),
  );
  throw new MustWait(nullArray);
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

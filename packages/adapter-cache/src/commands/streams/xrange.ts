import type { Arguments } from "../arguments.js";
import { syntaxError } from "../arguments.js";
import { nullArray } from "../../resp/reply.js";
import { firstKey, type Command } from "../command.js";
import { readStream, showEntry } from "./stream.js";
import { readStart, readStop } from "./stream-id.js";

function ranger(name: string, reverse: boolean): Command {
  return {
    name,
    arity: -4,
    keys: firstKey,
    writes: false,
    run(keyspace, args) {
      const [startAt, stopAt] = reverse ? [3, 2] : [2, 3];
      const start = readStart(args, startAt);
      const stop = readStop(args, stopAt);
      const count = readCount(args);
      const stream = readStream(keyspace, args.bytes(1));
      if (stream === undefined) return [];
      if (count === 0) return nullArray;
      return stream.range({ start, stop, reverse }, count ?? 0).map(showEntry);
    },
  };
}

/** The last COUNT; `undefined` for all. */
function readCount(args: Arguments): number | undefined {
  let count: number | undefined;
  for (let index = 4; index < args.count; index += 2) {
    if (args.keyword(index) !== "COUNT" || index + 1 >= args.count) throw syntaxError();
    count = Math.max(0, args.position(index + 1));
  }
  return count;
}

/** `XRANGE key start end [COUNT count]`: entries with ids from one to another. */
export const xrange = ranger("xrange", false);

/** `XREVRANGE key end start [COUNT count]`: the same, newest first. */
export const xrevrange = ranger("xrevrange", true);

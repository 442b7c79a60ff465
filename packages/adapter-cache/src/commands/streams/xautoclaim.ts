import { parseInteger } from "../../numbers/integer.js";
import { ErrorReply, type Reply } from "../../resp/reply.js";
import { syntaxError, type Arguments } from "../arguments.js";
import { firstKey, type Command } from "../command.js";
import { pendingIds, requireGroup } from "./group.js";
import { showEntry } from "./stream.js";
import { readStart, showId } from "./stream-id.js";

/** How many pending entries are looked at for each that is asked for. */
const looksEach = 10;

/** The most that COUNT may be. */
const maxCount = 2n ** 63n / 16n - 1n;

/** `XAUTOCLAIM key group consumer min-idle-time start [COUNT count] [JUSTID]`: takes over what others have left lying. */
export const xautoclaim: Command = {
  name: "xautoclaim",
  arity: -6,
  keys: firstKey,
  writes: true,
  run(keyspace, args) {
    const minIdleMs = Math.max(0, Number(args.integer(4, "ERR Invalid min-idle-time argument for XAUTOCLAIM")));
    const start = readStart(args, 5);
    const { count, justId } = readOptions(args);
    const { stream, group } = requireGroup(keyspace, args);
    const { now } = keyspace;
    const consumer = args.text(3);
    const ids = pendingIds(group).filter((id) => id >= start);
    const claimed: Reply[] = [];
    const deleted: Reply[] = [];
    let looked = 0;
    for (const id of ids) {
      if (looked === count * looksEach || claimed.length + deleted.length === count) break;
      looked++;
      const pending = group.pending.get(id);
      const entry = stream.find(id);
      if (pending === undefined || entry === undefined) {
        group.pending.delete(id);
        deleted.push(showId(id));
        continue;
      }
      if (minIdleMs > 0 && now - pending.deliveredAtMs < minIdleMs) continue;
      group.consumers.set(consumer, now);
      const deliveries = pending.deliveries + (justId ? 0 : 1);
      group.pending.set(id, { consumer, deliveredAtMs: now, deliveries });
      claimed.push(justId ? showId(id) : showEntry(entry));
    }
    stream.save();
    const next = ids[looked];
    return [showId(next ?? 0n), claimed, deleted];
  },
};

function readOptions(args: Arguments): { readonly count: number; readonly justId: boolean } {
  let [count, justId] = [100, false];
  for (let index = 6; index < args.count; index++) {
    const word = args.keyword(index);
    if (word === "JUSTID") justId = true;
    else if (word === "COUNT" && index + 1 < args.count) count = readCount(args, ++index);
    else throw syntaxError();
  }
  return { count, justId };
}

function readCount(args: Arguments, index: number): number {
  const value = parseInteger(args.bytes(index));
  if (value === undefined || value < 1n || value > maxCount) throw new ErrorReply("ERR COUNT must be > 0");
  return Number(value);
}

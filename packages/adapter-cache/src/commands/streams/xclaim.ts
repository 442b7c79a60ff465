import type { Keyspace } from "../../engine/keyspace.js";
import { ErrorReply, type Reply } from "../../resp/reply.js";
import type { Arguments } from "../arguments.js";
import { firstKey, type Command } from "../command.js";
import { requireGroup, type GroupOfStream } from "./group.js";
import { showEntry } from "./stream.js";
import { parseId, readId, showId } from "./stream-id.js";

interface ClaimOptions {
  readonly ids: readonly bigint[];
  readonly minIdleMs: number;
  readonly deliveredAtMs: number;
  readonly deliveries: number | undefined;
  readonly force: boolean;
  readonly justId: boolean;
  readonly lastId: bigint;
}

/**
 * `XCLAIM key group consumer min-idle-time id… [IDLE ms] [TIME ms] [RETRYCOUNT count] [FORCE] [JUSTID] [LASTID id]`: takes
 * over what another consumer has not acknowledged.
 */
export const xclaim: Command = {
  name: "xclaim",
  arity: -6,
  keys: firstKey,
  writes: true,
  run(keyspace, args) {
    const target = requireGroup(keyspace, args);
    const options = readOptions(keyspace, args);
    if (options.lastId > target.group.lastId) target.group.lastId = options.lastId;
    const replies = options.ids.flatMap((id) => claim(target, id, args.text(3), { options, now: keyspace.now }));
    target.stream.save();
    return replies;
  },
};

function claim(
  { stream, group }: GroupOfStream,
  id: bigint,
  consumer: string,
  { options, now }: { readonly options: ClaimOptions; readonly now: number },
): Reply[] {
  const entry = stream.find(id);
  const before = group.pending.get(id);
  if (entry === undefined) {
    // What was removed from the stream can be delivered to nobody.
    group.pending.delete(id);
    return [];
  }
  if (before === undefined && !options.force) return [];
  if (before !== undefined && options.minIdleMs > 0 && now - before.deliveredAtMs < options.minIdleMs) return [];
  group.consumers.set(consumer, now);
  const deliveries = options.deliveries ?? (before?.deliveries ?? 1) + (options.justId ? 0 : 1);
  group.pending.set(id, { consumer, deliveredAtMs: options.deliveredAtMs, deliveries });
  return [options.justId ? showId(id) : showEntry(entry)];
}

function readOptions({ now }: Keyspace, args: Arguments): ClaimOptions {
  const minIdleMs = Math.max(0, readNumber(args, 4, "min-idle-time"));
  const ids: bigint[] = [];
  let index = 5;
  for (; index < args.count; index++) {
    const id = parseId(args.text(index));
    if (id === undefined) break;
    ids.push(id);
  }
  let deliveredAtMs: number | undefined;
  let deliveries: number | undefined;
  let lastId = 0n;
  let [force, justId] = [false, false];
  for (; index < args.count; index++) {
    const word = args.keyword(index);
    const more = index + 1 < args.count;
    if (word === "FORCE") force = true;
    else if (word === "JUSTID") justId = true;
    else if (word === "IDLE" && more) deliveredAtMs = now - readNumber(args, ++index, "IDLE option");
    else if (word === "TIME" && more) deliveredAtMs = readNumber(args, ++index, "TIME option");
    else if (word === "RETRYCOUNT" && more) deliveries = readNumber(args, ++index, "RETRYCOUNT option");
    else if (word === "LASTID" && more) lastId = readId(args, ++index);
    else throw new ErrorReply(`ERR Unrecognized XCLAIM option '${args.shown(index)}'`);
  }
  const isPast = deliveredAtMs !== undefined && deliveredAtMs >= 0 && deliveredAtMs <= now;
  return {
    ids,
    minIdleMs,
    deliveredAtMs: isPast ? (deliveredAtMs ?? now) : now,
    deliveries: deliveries !== undefined && deliveries >= 0 ? deliveries : undefined,
    force,
    justId,
    lastId,
  };
}

function readNumber(args: Arguments, index: number, what: string): number {
  return Number(args.integer(index, `ERR Invalid ${what} argument for XCLAIM`));
}

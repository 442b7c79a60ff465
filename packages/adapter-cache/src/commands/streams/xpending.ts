import type { StreamGroup } from "../../documents/stream-value.js";
import type { Keyspace } from "../../engine/keyspace.js";
import { nullArray, type Reply } from "../../resp/reply.js";
import { syntaxError, type Arguments } from "../arguments.js";
import { firstKey, type Command } from "../command.js";
import { toBytes } from "../hashes.js";
import { pendingIds, requireGroup, sortedNames } from "./group.js";
import { readStart, readStop, showId } from "./stream-id.js";

/** `XPENDING key group [[IDLE milliseconds] start end count [consumer]]`: what is not acknowledged. */
export const xpending: Command = {
  name: "xpending",
  arity: -3,
  keys: firstKey,
  writes: false,
  run(keyspace, args) {
    if (args.count === 3) return summary(requireGroup(keyspace, args).group);
    if (args.count < 6 || args.count > 9) throw syntaxError();
    return details(keyspace, args);
  },
};

function summary(group: StreamGroup): Reply {
  const ids = pendingIds(group);
  const [first, last] = [ids[0], ids.at(-1)];
  if (first === undefined || last === undefined) return [0, null, null, nullArray];
  const counts = sortedNames(group.consumers.keys()).flatMap((name): Reply[] => {
    const count = pendingIds(group, name).length;
    return count === 0 ? [] : [[toBytes(name), String(count)]];
  });
  return [ids.length, showId(first), showId(last), counts];
}

function details(keyspace: Keyspace, args: Arguments): Reply {
  const hasIdle = args.keyword(3) === "IDLE";
  const minIdleMs = hasIdle ? args.position(4) : 0;
  if (hasIdle && args.count < 8) throw syntaxError();
  const at = hasIdle ? 5 : 3;
  const count = Math.max(0, args.position(at + 2));
  const [start, stop] = [readStart(args, at), readStop(args, at + 1)];
  const consumer = at + 3 < args.count ? args.text(at + 3) : undefined;
  const { group } = requireGroup(keyspace, args);
  const found: Reply[] = [];
  for (const id of pendingIds(group, consumer)) {
    if (found.length === count) break;
    const pending = group.pending.get(id);
    if (pending === undefined || id < start || id > stop) continue;
    const idleMs = Math.max(0, keyspace.now - pending.deliveredAtMs);
    if (minIdleMs > 0 && idleMs < minIdleMs) continue;
    found.push([showId(id), toBytes(pending.consumer), idleMs, pending.deliveries]);
  }
  return found;
}

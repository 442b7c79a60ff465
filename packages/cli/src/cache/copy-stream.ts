import type { CopyEnds } from "./copy-key.js";
import { bytesOf, fieldsOf, listOf, type RedisReply } from "./redis-client.js";

const chunk = 200;

/** Copies a stream: entries under their own ids, its last id, groups with their consumers, and what these have not acknowledged. */
export async function copyStream(ends: CopyEnds, key: Buffer): Promise<void> {
  const { source, target } = ends;
  const groups = listOf(await source.call("XINFO", "GROUPS", key)).map(fieldsOf);
  const stream = fieldsOf(await source.call("XINFO", "STREAM", key));
  const lastId = bytesOf(stream.get("last-generated-id")).toString();
  // A stream may be empty and have been used all the same.
  await target.call("XGROUP", "CREATE", key, "mecha-import", "0", "MKSTREAM");
  await target.call("XGROUP", "DESTROY", key, "mecha-import");
  let start = "-";
  for (;;) {
    const entries = listOf(await source.call("XRANGE", key, start, "+", "COUNT", chunk));
    for (const entry of entries) {
      const [id, fields] = listOf(entry);
      await target.call("XADD", key, bytesOf(id), ...listOf(fields).map(bytesOf));
      start = `(${bytesOf(id).toString()}`;
    }
    if (entries.length < chunk) break;
  }
  await target.call("XSETID", key, lastId, ...counters(stream));
  for (const group of groups) await copyGroup(ends, key, group);
}

/** What Redis 7 counts besides; older servers do not. */
function counters(stream: ReadonlyMap<string, RedisReply>): readonly Buffer[] {
  const added = stream.get("entries-added");
  const deleted = stream.get("max-deleted-entry-id");
  if (added === undefined || deleted === undefined) return [];
  return ["ENTRIESADDED", added, "MAXDELETEDID", deleted].map((word) =>
    typeof word === "string" ? Buffer.from(word) : bytesOf(word),
  );
}

async function copyGroup(ends: CopyEnds, key: Buffer, group: ReadonlyMap<string, RedisReply>): Promise<void> {
  const { source, target } = ends;
  const name = bytesOf(group.get("name"));
  const read = group.get("entries-read");
  const position = typeof read === "number" ? ["ENTRIESREAD", String(read)] : [];
  await target.call("XGROUP", "CREATE", key, name, bytesOf(group.get("last-delivered-id")), ...position);
  for (const consumer of listOf(await source.call("XINFO", "CONSUMERS", key, name)))
    await target.call("XGROUP", "CREATECONSUMER", key, name, bytesOf(fieldsOf(consumer).get("name")));
  let start = "-";
  for (;;) {
    const pending = listOf(await source.call("XPENDING", key, name, start, "+", chunk));
    for (const entry of pending) {
      const [id, consumer, idleMs, deliveries] = listOf(entry).map(bytesOf);
      if (id === undefined || consumer === undefined || idleMs === undefined || deliveries === undefined) continue;
      const state = ["IDLE", idleMs, "RETRYCOUNT", deliveries, "FORCE", "JUSTID"];
      await target.call("XCLAIM", key, name, consumer, 0, id, ...state);
      start = `(${id.toString()}`;
    }
    if (pending.length < chunk) return;
  }
}

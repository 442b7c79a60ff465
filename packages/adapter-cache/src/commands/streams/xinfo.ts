import type { StreamEntry, StreamGroup } from "../../documents/stream-value.js";
import type { Keyspace } from "../../engine/keyspace.js";
import { ErrorReply, MapReply, Status, type Reply } from "../../resp/reply.js";
import { syntaxError, type Arguments } from "../arguments.js";
import type { Command } from "../command.js";
import { toBytes } from "../hashes.js";
import { lagOf, pendingIds, sortedNames, unknownRead, type GroupOfStream } from "./group.js";
import { readStream, showEntry, type Stream } from "./stream.js";
import { showId } from "./stream-id.js";

interface Subcommand {
  readonly arity: number;
  run(keyspace: Keyspace, args: Arguments): Reply;
}

/** How many entries Redis keeps in one node of its tree. */
const nodeEntries = 100;

const help = [
  "XINFO <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
  "CONSUMERS <key> <groupname>",
  "    Show consumers of <groupname>.",
  "GROUPS <key>",
  "    Show the stream consumer groups.",
  "STREAM <key> [FULL [COUNT <count>]",
  "    Show information about the stream.",
  "HELP",
  "    Prints this help.",
];

const subcommands: ReadonlyMap<string, Subcommand> = new Map<string, Subcommand>([
  ["stream", { arity: -3, run: describe }],
  ["groups", { arity: 3, run: listGroups }],
  ["consumers", { arity: 4, run: listConsumers }],
  ["help", { arity: 2, run: () => help.map((line) => new Status(line)) }],
]);

/** `XINFO STREAM key [FULL [COUNT count]] | GROUPS key | CONSUMERS key group`: what is known of a stream. */
export const xinfo: Command = {
  name: "xinfo",
  arity: -2,
  keys: (args) => (args.count > 2 ? [args.bytes(2)] : []),
  writes: false,
  subcommands: new Map([...subcommands].map(([name, { arity }]) => [name, arity])),
  run: (keyspace, args) => subcommands.get(args.text(1).toLowerCase())?.run(keyspace, args) ?? null,
};

function requireStream(keyspace: Keyspace, args: Arguments): Stream {
  const stream = readStream(keyspace, args.bytes(2));
  if (stream === undefined) throw new ErrorReply("ERR no such key");
  return stream;
}

function describe(keyspace: Keyspace, args: Arguments): Reply {
  const stream = requireStream(keyspace, args);
  if (args.count === 3) return summary(stream);
  if (args.keyword(3) !== "FULL" || (args.count !== 4 && args.count !== 6)) throw wrongUse(args);
  if (args.count === 4) return full(stream, 10);
  if (args.keyword(4) !== "COUNT") throw syntaxError();
  const count = args.position(5);
  return full(stream, count < 0 ? 10 : count);
}

function facts(stream: Stream): Reply[] {
  const nodes = Math.ceil(stream.length / nodeEntries);
  return [
    "length",
    stream.length,
    "radix-tree-keys",
    nodes,
    "radix-tree-nodes",
    nodes + 1,
    "last-generated-id",
    showId(stream.value.lastId),
    "max-deleted-entry-id",
    showId(stream.value.maxDeletedId),
    "entries-added",
    stream.value.added,
    "recorded-first-entry-id",
    showId(stream.firstId),
  ];
}

function summary(stream: Stream): Reply {
  const [first] = stream.range({}, 1);
  const [last] = stream.range({ reverse: true }, 1);
  return new MapReply([
    ...facts(stream),
    "groups",
    stream.value.groups.size,
    "first-entry",
    showOptional(first),
    "last-entry",
    showOptional(last),
  ]);
}

function showOptional(entry: StreamEntry | undefined): Reply {
  return entry === undefined ? null : showEntry(entry);
}

function full(stream: Stream, count: number): Reply {
  const groups = groupsOf(stream).map(([name, target]) => fullGroup(name, target, count));
  return new MapReply([...facts(stream), "entries", stream.range({}, count).map(showEntry), "groups", groups]);
}

function fullGroup(name: string, target: GroupOfStream, count: number): Reply {
  const { group } = target;
  const shown = (ids: readonly bigint[]) => (count === 0 ? ids : ids.slice(0, count));
  const pending = shown(pendingIds(group)).map((id): Reply => {
    const entry = group.pending.get(id);
    return [showId(id), toBytes(entry?.consumer ?? ""), entry?.deliveredAtMs ?? 0, entry?.deliveries ?? 0];
  });
  const consumers = sortedNames(group.consumers.keys()).map((consumer): Reply => {
    const ids = pendingIds(group, consumer);
    const own = shown(ids).map((id): Reply => {
      const entry = group.pending.get(id);
      return [showId(id), entry?.deliveredAtMs ?? 0, entry?.deliveries ?? 0];
    });
    return new MapReply([
      "name",
      toBytes(consumer),
      "seen-time",
      group.consumers.get(consumer) ?? 0,
      "pel-count",
      ids.length,
      "pending",
      own,
    ]);
  });
  return new MapReply([
    "name",
    toBytes(name),
    "last-delivered-id",
    showId(group.lastId),
    "entries-read",
    showRead(group),
    "lag",
    lagOf(target) ?? null,
    "pel-count",
    group.pending.size,
    "pending",
    pending,
    "consumers",
    consumers,
  ]);
}

function listGroups(keyspace: Keyspace, args: Arguments): Reply {
  return groupsOf(requireStream(keyspace, args)).map(([name, target]) => {
    const { group } = target;
    return new MapReply([
      "name",
      toBytes(name),
      "consumers",
      group.consumers.size,
      "pending",
      group.pending.size,
      "last-delivered-id",
      showId(group.lastId),
      "entries-read",
      showRead(group),
      "lag",
      lagOf(target) ?? null,
    ]);
  });
}

function listConsumers(keyspace: Keyspace, args: Arguments): Reply {
  const stream = requireStream(keyspace, args);
  const group = stream.value.groups.get(args.text(3));
  if (group === undefined)
    throw new ErrorReply(`NOGROUP No such consumer group '${args.shown(3)}' for key name '${args.shown(2)}'`);
  return sortedNames(group.consumers.keys()).map((name) => {
    const idleMs = Math.max(0, keyspace.now - (group.consumers.get(name) ?? 0));
    return new MapReply(["name", toBytes(name), "pending", pendingIds(group, name).length, "idle", idleMs]);
  });
}

function groupsOf(stream: Stream): readonly (readonly [string, GroupOfStream])[] {
  const { groups } = stream.value;
  return sortedNames(groups.keys()).flatMap((name) => {
    const group = groups.get(name);
    return group === undefined ? [] : [[name, { stream, group }] as const];
  });
}

function showRead({ entriesRead }: StreamGroup): Reply {
  return entriesRead === unknownRead ? null : entriesRead;
}

function wrongUse(args: Arguments): ErrorReply {
  return new ErrorReply(`ERR unknown subcommand or wrong number of arguments for '${args.shown(1)}'. Try XINFO HELP.`);
}

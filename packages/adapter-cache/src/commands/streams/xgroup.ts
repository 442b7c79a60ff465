import type { Keyspace } from "../../engine/keyspace.js";
import { ErrorReply, ok, Status, type Reply } from "../../resp/reply.js";
import type { Arguments } from "../arguments.js";
import type { Command } from "../command.js";
import { pendingIds, unknownRead } from "./group.js";
import { newStream, readStream, type Stream } from "./stream.js";
import { readId } from "./stream-id.js";

interface Subcommand {
  readonly arity: number;
  run(keyspace: Keyspace, args: Arguments): Reply;
}

const help = [
  "XGROUP <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
  "CREATE <key> <groupname> <id|$> [option]",
  "    Create a new consumer group. Options are:",
  "    * MKSTREAM",
  "      Create the empty stream if it does not exist.",
  "    * ENTRIESREAD entries_read",
  "      Set the group's entries_read counter (internal use).",
  "CREATECONSUMER <key> <groupname> <consumer>",
  "    Create a new consumer in the specified group.",
  "DELCONSUMER <key> <groupname> <consumer>",
  "    Remove the specified consumer.",
  "DESTROY <key> <groupname>",
  "    Remove the specified group.",
  "SETID <key> <groupname> <id|$> [ENTRIESREAD entries_read]",
  "    Set the current group ID and entries_read counter.",
  "HELP",
  "    Prints this help.",
];

const subcommands: ReadonlyMap<string, Subcommand> = new Map<string, Subcommand>([
  ["create", { arity: -5, run: create }],
  ["setid", { arity: -5, run: setId }],
  ["destroy", { arity: 4, run: destroy }],
  ["createconsumer", { arity: 5, run: createConsumer }],
  ["delconsumer", { arity: 5, run: deleteConsumer }],
  ["help", { arity: 2, run: () => help.map((line) => new Status(line)) }],
]);

/** `XGROUP CREATE | SETID | DESTROY | CREATECONSUMER | DELCONSUMER key group …`: consumer groups. */
export const xgroup: Command = {
  name: "xgroup",
  arity: -2,
  keys: (args) => (args.count > 2 ? [args.bytes(2)] : []),
  writes: true,
  subcommands: new Map([...subcommands].map(([name, { arity }]) => [name, arity])),
  run: (keyspace, args) => subcommands.get(args.text(1).toLowerCase())?.run(keyspace, args) ?? null,
};

function create(keyspace: Keyspace, args: Arguments): Reply {
  const { entriesRead, makesStream } = readOptions(args, true);
  const found = readStream(keyspace, args.bytes(2));
  if (found === undefined && !makesStream) throw noStream();
  if (args.count > 8) throw wrongUse(args);
  const lastId = readGroupId(args, found, true);
  const stream = found ?? newStream(keyspace, args.bytes(2));
  const { groups } = stream.value;
  if (groups.has(args.text(3))) throw new ErrorReply("BUSYGROUP Consumer Group name already exists");
  groups.set(args.text(3), { lastId, entriesRead, pending: new Map(), consumers: new Map() });
  stream.save();
  return ok;
}

function setId(keyspace: Keyspace, args: Arguments): Reply {
  const { entriesRead } = readOptions(args, false);
  const { stream, group } = find(keyspace, args);
  if (args.count !== 5 && args.count !== 7) throw wrongUse(args);
  group.lastId = readGroupId(args, stream, false);
  group.entriesRead = entriesRead;
  stream.save();
  return ok;
}

function destroy(keyspace: Keyspace, args: Arguments): Reply {
  const stream = requireStream(keyspace, args);
  if (!stream.value.groups.delete(args.text(3))) return 0;
  stream.save();
  return 1;
}

function createConsumer(keyspace: Keyspace, args: Arguments): Reply {
  const { stream, group } = find(keyspace, args);
  if (group.consumers.has(args.text(4))) return 0;
  group.consumers.set(args.text(4), keyspace.now);
  stream.save();
  return 1;
}

function deleteConsumer(keyspace: Keyspace, args: Arguments): Reply {
  const { stream, group } = find(keyspace, args);
  if (!group.consumers.delete(args.text(4))) return 0;
  const pending = pendingIds(group, args.text(4));
  for (const id of pending) group.pending.delete(id);
  stream.save();
  return pending.length;
}

function requireStream(keyspace: Keyspace, args: Arguments): Stream {
  const stream = readStream(keyspace, args.bytes(2));
  if (stream === undefined) throw noStream();
  return stream;
}

function find(keyspace: Keyspace, args: Arguments) {
  const stream = requireStream(keyspace, args);
  const group = stream.value.groups.get(args.text(3));
  if (group === undefined)
    throw new ErrorReply(`NOGROUP No such consumer group '${args.shown(3)}' for key name '${args.shown(2)}'`);
  return { stream, group };
}

function readGroupId(args: Arguments, stream: Stream | undefined, strict: boolean): bigint {
  return args.text(4) === "$" ? (stream?.value.lastId ?? 0n) : readId(args, 4, { strict });
}

function readOptions(
  args: Arguments,
  isCreate: boolean,
): { readonly entriesRead: bigint; readonly makesStream: boolean } {
  let entriesRead = unknownRead;
  let makesStream = false;
  for (let index = 5; index < args.count; index++) {
    const word = args.keyword(index);
    if (isCreate && word === "MKSTREAM") makesStream = true;
    else if (word === "ENTRIESREAD" && index + 1 < args.count) {
      entriesRead = args.integer(++index);
      if (entriesRead < unknownRead) throw new ErrorReply("ERR value for ENTRIESREAD must be positive or -1");
    } else throw wrongUse(args);
  }
  return { entriesRead, makesStream };
}

function noStream(): ErrorReply {
  return new ErrorReply(
    "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically.",
  );
}

function wrongUse(args: Arguments): ErrorReply {
  return new ErrorReply(`ERR unknown subcommand or wrong number of arguments for '${args.shown(1)}'. Try XGROUP HELP.`);
}

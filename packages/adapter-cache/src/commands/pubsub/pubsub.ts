import { matchesGlob } from "../../bytes/glob.js";
import type { Channels } from "../../channels/channels.js";
import { ErrorReply, Status, type Reply } from "../../resp/reply.js";
import { arityError, type Arguments } from "../arguments.js";
import type { ConnectionCommand } from "../connection-command.js";

interface Subcommand {
  /** As of a command; `PUBSUB` and the subcommand are counted. */
  readonly arity: number;
  readonly maxCount?: number;
  run(channels: Channels, args: Arguments): Reply;
}

function listing(kind: "channel" | "shard"): Subcommand {
  return {
    arity: -2,
    maxCount: 3,
    run(channels, args) {
      const pattern = args.count > 2 ? args.text(2) : "*";
      const names = channels.names(kind).filter((name) => matchesGlob(pattern, name));
      return names.map((name) => Buffer.from(name, "latin1"));
    },
  };
}

function counting(kind: "channel" | "shard"): Subcommand {
  return {
    arity: -2,
    run: (channels, args) =>
      args.slice(2).flatMap((name): Reply[] => [name, channels.count(kind, name.toString("latin1"))]),
  };
}

const help = [
  "PUBSUB <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
  "CHANNELS [<pattern>]",
  "    Return the currently active channels matching a <pattern> (default: '*').",
  "NUMPAT",
  "    Return number of subscriptions to patterns.",
  "NUMSUB [<channel> ...]",
  "    Return the number of subscribers for the specified channels, excluding",
  "    pattern subscriptions(default: no channels).",
  "SHARDCHANNELS [<pattern>]",
  "    Return the currently active shard level channels matching a <pattern> (default: '*').",
  "SHARDNUMSUB [<shardchannel> ...]",
  "    Return the number of subscribers for the specified shard level channel(s)",
  "HELP",
  "    Prints this help.",
];

const subcommands: ReadonlyMap<string, Subcommand> = new Map<string, Subcommand>([
  ["channels", listing("channel")],
  ["shardchannels", listing("shard")],
  ["numsub", counting("channel")],
  ["shardnumsub", counting("shard")],
  ["numpat", { arity: 2, run: (channels) => channels.names("pattern").length }],
  ["help", { arity: 2, run: () => help.map((line) => new Status(line)) }],
]);

/** `PUBSUB CHANNELS [pattern] | NUMSUB [channel…] | NUMPAT | SHARDCHANNELS [pattern] | SHARDNUMSUB [channel…] | HELP`: who is subscribed in this process. */
export const pubsub: ConnectionCommand = {
  name: "pubsub",
  arity: -2,
  subcommands: new Map([...subcommands].map(([name, { arity }]) => [name, arity])),
  inTurn: true,
  run({ channels }, args) {
    const name = args.text(1).toLowerCase();
    const subcommand = subcommands.get(name);
    if (subcommand === undefined) throw new ErrorReply(`ERR unknown subcommand '${args.shown(1)}'. Try PUBSUB HELP.`);
    const { arity, maxCount } = subcommand;
    if (arity < 0 ? args.count < -arity : args.count !== arity) throw arityError(`pubsub|${name}`);
    if (maxCount !== undefined && args.count > maxCount)
      throw new ErrorReply(
        `ERR unknown subcommand or wrong number of arguments for '${args.shown(1)}'. Try PUBSUB HELP.`,
      );
    return subcommand.run(channels, args);
  },
};

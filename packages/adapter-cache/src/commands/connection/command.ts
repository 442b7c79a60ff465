import { matchesGlob } from "../../bytes/glob.js";
import { ErrorReply, MapReply, SetReply, Status, type Reply } from "../../resp/reply.js";
import { Arguments, syntaxError } from "../arguments.js";
import type { Command } from "../command.js";
import type { ConnectionCommand } from "../connection-command.js";
import { refusals } from "../refusals.js";
import { commandFacts, type CommandFacts } from "../server/command-table.js";
import { helpOf } from "../subcommands.js";

const help = [
  "COUNT",
  "DOCS [name...]",
  "GETKEYS command [argument...]",
  "INFO [name...]",
  "LIST [FILTERBY filter value]",
];

function supported(): readonly CommandFacts[] {
  return [...commandFacts.values()].filter(({ name }) => !refusals.has(name));
}

function showFacts({ name, arity, flags, keys, categories }: CommandFacts): Reply {
  const shown = new SetReply(flags.map((flag) => new Status(flag)));
  const groups = new SetReply(categories.map((category) => new Status(`@${category}`)));
  return [name, arity, shown, ...keys, groups, [], [], []];
}

function info(names: readonly string[]): Reply {
  if (names.length === 0) return supported().map(showFacts);
  return names.map((name) => {
    const facts = refusals.has(name) ? undefined : commandFacts.get(name);
    return facts === undefined ? null : showFacts(facts);
  });
}

function docs(names: readonly string[]): Reply {
  const chosen = names.length === 0 ? supported() : names.flatMap((name) => commandFacts.get(name) ?? []);
  return new MapReply(
    chosen.flatMap(({ name, categories }) => [name, new MapReply(["group", categories[0] ?? "generic"])]),
  );
}

function list(args: Arguments): Reply {
  const names = supported().map(({ name }) => name);
  if (args.count === 2) return names;
  if (args.count !== 5 || args.keyword(2) !== "FILTERBY") throw syntaxError();
  const filter = args.text(4).toLowerCase();
  switch (args.keyword(3)) {
    case "PATTERN":
      return names.filter((name) => matchesGlob(filter, name));
    case "ACLCAT":
      return names.filter((name) => commandFacts.get(name)?.categories.includes(filter));
    case "MODULE":
      return [];
    default:
      throw syntaxError();
  }
}

function keysOf(args: Arguments, commands: ReadonlyMap<string, Command>): Reply {
  const given = new Arguments(args.slice(2));
  const facts = commandFacts.get(given.text(0).toLowerCase());
  if (facts === undefined) throw new ErrorReply("ERR Invalid command specified");
  const keys = commands.get(facts.name)?.keys(given) ?? [];
  if (facts.arity < 0 ? given.count < -facts.arity : given.count !== facts.arity) {
    throw new ErrorReply("ERR Invalid number of arguments specified for command");
  }
  if (keys.length === 0) throw new ErrorReply("ERR The command has no key arguments");
  return keys;
}

/**
 * `COMMAND [COUNT | LIST [FILTERBY …] | INFO [name…] | DOCS [name…] | GETKEYS command…]`: which commands there are.
 *
 * @param commands - the commands on keys
 */
export function commandCommand(commands: ReadonlyMap<string, Command>): ConnectionCommand {
  return {
    name: "command",
    arity: -1,
    subcommands: new Map([
      ["count", 2],
      ["list", -2],
      ["info", -2],
      ["docs", -2],
      ["getkeys", -4],
    ]),
    run(_session, args) {
      const names = args.slice(2).map((bytes) => bytes.toString("latin1").toLowerCase());
      switch (args.keyword(1)) {
        case "COUNT":
          return supported().length;
        case "LIST":
          return list(args);
        case "DOCS":
          return docs(names);
        case "HELP":
          return helpOf("COMMAND", help);
        case "GETKEYS":
          return keysOf(args, commands);
        default:
          return info(names);
      }
    },
  };
}

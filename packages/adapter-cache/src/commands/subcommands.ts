import { notSupported, refusedSubcommands } from "./refusals.js";
import { ErrorReply, Status, type Reply } from "../resp/reply.js";
import { arityError, type Arguments } from "./arguments.js";

/** What Redis says of a subcommand that it does not know. */
function unknownSubcommand(args: Arguments): ErrorReply {
  const command = args.shown(0).toUpperCase();
  return new ErrorReply(`ERR unknown subcommand '${args.shown(1).slice(0, 128)}'. Try ${command} HELP.`);
}

/** What Redis says of a wrong number of arguments of a subcommand. */
function wrongSubcommandArity(args: Arguments): ErrorReply {
  return arityError(`${args.text(0).toLowerCase()}|${args.text(1).toLowerCase()}`);
}

/** The answer to HELP: how the subcommands are called, one a line. */
export function helpOf(command: string, subcommands: readonly string[]): Reply {
  const usage = `${command} <subcommand> [<argument>...]; the subcommands are`;
  return [usage, ...subcommands, "HELP"].map((line) => new Status(line));
}

/**
 * Refuses subcommands that are unknown, have a wrong number of arguments, or are not supported, before anything is done or queued.
 *
 * @param arities - how many arguments each takes, both names included; negative: at least so many. HELP is always there
 */
export function checkSubcommand(
  arities: ReadonlyMap<string, number> | undefined,
  args: Arguments,
  storeType: string,
): void {
  if (arities === undefined || args.count < 2) return;
  const name = args.text(1).toLowerCase();
  const arity = name === "help" ? 2 : arities.get(name);
  if (arity === undefined) throw refusalOf(args, name, storeType) ?? unknownSubcommand(args);
  if (arity < 0 ? args.count < -arity : args.count !== arity) throw wrongSubcommandArity(args);
}

function refusalOf(args: Arguments, subcommand: string, storeType: string): ErrorReply | undefined {
  const command = args.text(0).toLowerCase();
  const remedy = refusedSubcommands.get(`${command}|${subcommand}`);
  return remedy === undefined ? undefined : notSupported(`${command} ${subcommand}`.toUpperCase(), storeType, remedy);
}

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

/** How many arguments subcommands take, both names included; negative: at least so many. HELP is always there. */
export type SubcommandArities = ReadonlyMap<string, number>;

/** What is wrong with the subcommand of a command, if that has any and one is named. */
export function faultOfSubcommand(
  arities: SubcommandArities | undefined,
  args: Arguments,
): "unknown" | "arity" | undefined {
  if (arities === undefined || args.count < 2) return undefined;
  const name = args.text(1).toLowerCase();
  const arity = name === "help" ? 2 : arities.get(name);
  if (arity === undefined) return "unknown";
  return (arity < 0 ? args.count < -arity : args.count !== arity) ? "arity" : undefined;
}

/** Refuses subcommands that are unknown, have a wrong number of arguments, or are not supported, before anything is done or queued. */
export function checkSubcommand(arities: SubcommandArities | undefined, args: Arguments, storeType: string): void {
  const fault = faultOfSubcommand(arities, args);
  if (fault === "unknown") throw refusalOfSubcommand(args, storeType) ?? unknownSubcommand(args);
  if (fault === "arity") throw wrongSubcommandArity(args);
}

/** What is said of a subcommand that Redis has and no store can do. */
export function refusalOfSubcommand(args: Arguments, storeType: string): ErrorReply | undefined {
  const [command, subcommand] = [args.text(0).toLowerCase(), args.text(1).toLowerCase()];
  const remedy = refusedSubcommands.get(`${command}|${subcommand}`);
  return remedy === undefined ? undefined : notSupported(`${command} ${subcommand}`.toUpperCase(), storeType, remedy);
}

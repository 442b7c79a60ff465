import type { MessageKind } from "../../channels/channels.js";
import { MustWait } from "../../engine/must-wait.js";
import type { Keyspace } from "../../engine/keyspace.js";
import { ErrorReply, ok, Status, type Reply } from "../../resp/reply.js";
import { Arguments } from "../arguments.js";
import { readDatabase } from "../databases.js";
import { keyCommands } from "../key-commands.js";
import { notSupported, refusals } from "../refusals.js";
import { checkSubcommand } from "../subcommands.js";
import { commandFacts } from "../server/command-table.js";

/** Where the commands of a script work. SELECT changes the keyspace. */
export interface ScriptScope {
  keyspace: Keyspace;
  readonly readOnly: boolean;
}

/** Commands about nothing but their arguments, the database and channels. */
const simpleCommands: ReadonlyMap<string, (scope: ScriptScope, args: Arguments) => Reply> = new Map([
  ["ping", (_scope: ScriptScope, args: Arguments): Reply => (args.count > 1 ? args.bytes(1) : new Status("PONG"))],
  ["echo", (_scope: ScriptScope, args: Arguments): Reply => args.bytes(1)],
  [
    "time",
    ({ keyspace }: ScriptScope): Reply => [
      String(Math.trunc(keyspace.now / 1000)),
      String((keyspace.now % 1000) * 1000),
    ],
  ],
  ["publish", publisher("channel")],
  ["spublish", publisher("shard")],
  [
    "select",
    (scope: ScriptScope, args: Arguments): Reply => {
      scope.keyspace = scope.keyspace.inDatabase(readDatabase(args, 1));
      return ok;
    },
  ],
]);

function publisher(kind: MessageKind): (scope: ScriptScope, args: Arguments) => Reply {
  return ({ keyspace, readOnly }, args) => {
    if (readOnly) throw new ErrorReply("ERR Write commands are not allowed from read-only scripts.");
    return keyspace.publish({ kind, channel: args.text(1), payload: args.bytes(2) });
  };
}

/** Does a command for a script. Throws `ErrorReply`. */
export function callCommand(scope: ScriptScope, values: readonly Buffer[]): Reply {
  const args = new Arguments(values);
  const name = args.text(0).toLowerCase();
  const command = keyCommands.get(name);
  const refused = refusals.get(name);
  if (refused !== undefined) throw notSupported(name.toUpperCase(), "a state store", refused);
  const simple = simpleCommands.get(name);
  const facts = commandFacts.get(name);
  if (command === undefined && facts === undefined)
    throw new ErrorReply("ERR Unknown Redis command called from script");
  const arity = command?.arity ?? facts?.arity ?? 0;
  if (arity < 0 ? args.count < -arity : args.count !== arity)
    throw new ErrorReply("ERR Wrong number of args calling Redis command from script");
  checkSubcommand(command?.subcommands, args, "a state store");
  if (simple !== undefined) return simple(scope, args);
  if (command === undefined || facts?.flags.includes("noscript") === true)
    throw new ErrorReply("ERR This Redis command is not allowed from script");
  if (command.writes && scope.readOnly)
    throw new ErrorReply("ERR Write commands are not allowed from read-only scripts.");
  try {
    return command.run(scope.keyspace, args);
  } catch (error) {
    // Scripts do not wait.
    if (error instanceof MustWait) return error.otherwise;
    throw error;
  }
}

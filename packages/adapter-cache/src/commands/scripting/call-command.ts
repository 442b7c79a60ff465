import type { MessageKind } from "../../channels/channels.js";
import { MustWait } from "../../engine/must-wait.js";
import type { Keyspace } from "../../engine/keyspace.js";
import { ErrorReply, ok, Status, type Reply } from "../../resp/reply.js";
import { arityError, type Arguments } from "../arguments.js";
import { readDatabase } from "../databases.js";
import { keyCommands } from "../key-commands.js";
import { notSupported, refusals } from "../refusals.js";
import { faultOfSubcommand, refusalOfSubcommand } from "../subcommands.js";
import { commandFacts } from "../server/command-table.js";
import { ScriptArguments } from "./script-arguments.js";

/** Where the commands of a script work. SELECT changes the keyspace. */
export interface ScriptScope {
  keyspace: Keyspace;
  readonly readOnly: boolean;
}

/** Commands about nothing but their arguments, the database and channels. */
const simpleCommands: ReadonlyMap<string, (scope: ScriptScope, args: Arguments) => Reply> = new Map([
  ["ping", (_scope: ScriptScope, args: Arguments): Reply => answerPing(args)],
  ["echo", (_scope: ScriptScope, args: Arguments): Reply => args.bytes(1)],
  [
    "time",
    ({ keyspace }: ScriptScope): Reply => [
      String(Math.trunc(keyspace.now / 1000)),
      String((keyspace.now % 1000) * 1000),
    ],
  ],
  ...["asking", "readonly", "readwrite"].map((name) => [name, refuseCluster] as const),
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

/** What Redis would tell a script too, and what tells of the server. */
const onlyOutside: ReadonlySet<string> = new Set(["command", "info", "lastsave", "lolwut", "pubsub"]);

/** How messages name the store: a script may have been written for any. */
const anyStore = "a state store";

function answerPing(args: Arguments): Reply {
  if (args.count > 2) throw arityError("ping");
  return args.count === 2 ? args.bytes(1) : new Status("PONG");
}

function refuseCluster(): never {
  throw new ErrorReply("ERR This instance has cluster support disabled");
}

function publisher(kind: MessageKind): (scope: ScriptScope, args: Arguments) => Reply {
  return ({ keyspace, readOnly }, args) => {
    if (readOnly) throw new ErrorReply("ERR Write commands are not allowed from read-only scripts.");
    return keyspace.publish({ kind, channel: args.text(1), payload: args.bytes(2) });
  };
}

const unknownCommand = "ERR Unknown Redis command called from script";
const wrongArity = "ERR Wrong number of args calling Redis command from script";

/** Does a command for a script. Throws `ErrorReply`. */
export function callCommand(scope: ScriptScope, values: readonly Buffer[]): Reply {
  const args = new ScriptArguments(values);
  const name = args.text(0).toLowerCase();
  const command = keyCommands.get(name);
  const refused = refusals.get(name);
  if (refused !== undefined) throw notSupported(name.toUpperCase(), anyStore, refused);
  const simple = simpleCommands.get(name);
  const facts = commandFacts.get(name);
  if (command === undefined && facts === undefined) throw new ErrorReply(unknownCommand);
  const arity = command?.arity ?? facts?.arity ?? 0;
  const fault = faultOfSubcommand(command?.subcommands, args);
  if (fault === "unknown") throw refusalOfSubcommand(args, anyStore) ?? new ErrorReply(unknownCommand);
  if (fault === "arity" || (arity < 0 ? args.count < -arity : args.count !== arity)) throw new ErrorReply(wrongArity);
  if (simple !== undefined) return simple(scope, args);
  if (onlyOutside.has(name)) throw notSupported(`${name.toUpperCase()} in a script`, anyStore, "send it by itself");
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

import { ErrorReply, ok, Status, type Reply } from "../../resp/reply.js";
import { arityError, type Arguments } from "../arguments.js";
import type { ConnectionCommand } from "../connection-command.js";
import { prepareHost, requireHost } from "./loaded-host.js";
import { findScript, forgetScripts, rememberScript } from "./script-cache.js";
import { readShebang } from "./shebang.js";

interface Subcommand {
  readonly arity: number;
  run(args: Arguments): Reply | Promise<Reply>;
}

const help = [
  "SCRIPT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
  "DEBUG (YES|SYNC|NO)",
  "    Set the debug mode for subsequent scripts executed.",
  "EXISTS <sha1> [<sha1> ...]",
  "    Return information about the existence of the scripts in the script cache.",
  "FLUSH [ASYNC|SYNC]",
  "    Flush the Lua scripts cache. Very dangerous on replicas.",
  "    When called without the optional mode argument, the behavior is determined by the",
  "    lazyfree-lazy-user-flush configuration directive. Valid modes are:",
  "    * ASYNC: Asynchronously flush the scripts cache.",
  "    * SYNC: Synchronously flush the scripts cache.",
  "KILL",
  "    Kill the currently executing Lua script.",
  "LOAD <script>",
  "    Load a script into the scripts cache without executing it.",
  "HELP",
  "    Prints this help.",
];

const subcommands: ReadonlyMap<string, Subcommand> = new Map<string, Subcommand>([
  ["load", { arity: 3, run: load }],
  ["exists", { arity: -3, run: (args) => args.slice(2).map((sha) => (findScript(sha.toString("latin1")) ? 1 : 0)) }],
  ["flush", { arity: -2, run: flush }],
  [
    "kill",
    {
      arity: 2,
      run() {
        // A script holds the process until it ends: whoever asks comes too late.
        throw new ErrorReply("NOTBUSY No scripts in execution right now.");
      },
    },
  ],
  ["help", { arity: 2, run: () => help.map((line) => new Status(line)) }],
]);

/** `SCRIPT LOAD script | EXISTS sha1… | FLUSH [ASYNC | SYNC] | KILL | HELP`: the scripts that this process knows. */
export const script: ConnectionCommand = {
  name: "script",
  arity: -2,
  subcommands: new Map([...subcommands].map(([name, { arity }]) => [name, arity])),
  inTurn: true,
  run(_session, args) {
    const name = args.text(1).toLowerCase();
    const subcommand = subcommands.get(name);
    if (subcommand === undefined) throw new ErrorReply(`ERR unknown subcommand '${args.shown(1)}'. Try SCRIPT HELP.`);
    const { arity } = subcommand;
    if (arity < 0 ? args.count < -arity : args.count !== arity) throw arityError(`script|${name}`);
    return subcommand.run(args);
  },
};

async function load(args: Arguments): Promise<Reply> {
  await prepareHost();
  const loaded = rememberScript(args.bytes(2));
  readShebang(loaded.source);
  requireHost().compile(loaded);
  return loaded.sha;
}

function flush(args: Arguments): Reply {
  const isRight = args.count === 2 || (args.count === 3 && ["SYNC", "ASYNC"].includes(args.keyword(2)));
  if (!isRight) throw new ErrorReply("ERR SCRIPT FLUSH only support SYNC|ASYNC option");
  forgetScripts();
  return ok;
}

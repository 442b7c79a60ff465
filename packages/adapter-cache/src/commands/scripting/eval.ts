import type { Keyspace } from "../../engine/keyspace.js";
import { parseInteger } from "../../numbers/integer.js";
import { ErrorReply, type Reply } from "../../resp/reply.js";
import type { Arguments } from "../arguments.js";
import type { Command } from "../command.js";
import { requireHost, prepareHost } from "./loaded-host.js";
import { findScript, rememberScript, type Script } from "./script-cache.js";
import { readShebang } from "./shebang.js";

interface Evaluation {
  /** Finds the script; throws `ErrorReply` if there is none. */
  readonly find: (args: Arguments) => Script;
  readonly readOnly: boolean;
}

function evaluator(name: string, { find, readOnly }: Evaluation): Command {
  return {
    name,
    arity: -3,
    keys: (args) => args.slice(3, 3 + Math.max(0, Number(parseInteger(args.bytes(2)) ?? 0n))),
    writes: !readOnly,
    prepare: prepareHost,
    run: (keyspace, args) => evaluate(keyspace, args, { find, readOnly }),
  };
}

function evaluate(keyspace: Keyspace, args: Arguments, { find, readOnly }: Evaluation): Reply {
  const count = args.position(2);
  if (count > args.count - 3) throw new ErrorReply("ERR Number of keys can't be greater than number of args");
  if (count < 0) throw new ErrorReply("ERR Number of keys can't be negative");
  const script = find(args);
  const scope = { keyspace, readOnly: readOnly || readShebang(script.source).readOnly };
  return requireHost().run(script, {
    keys: args.slice(3, 3 + count),
    args: args.slice(3 + count),
    scope,
    attempt: args,
  });
}

const given = (args: Arguments): Script => rememberScript(args.bytes(1));

function loaded(args: Arguments): Script {
  const script = findScript(args.text(1));
  if (script === undefined) throw new ErrorReply("NOSCRIPT No matching script. Please use EVAL.");
  return script;
}

/** Commands that run scripts: `EVAL script numkeys key… arg…`, `EVALSHA sha1 …`, and those for scripts that only read. */
export const evalCommands: readonly Command[] = [
  evaluator("eval", { find: given, readOnly: false }),
  evaluator("eval_ro", { find: given, readOnly: true }),
  evaluator("evalsha", { find: loaded, readOnly: false }),
  evaluator("evalsha_ro", { find: loaded, readOnly: true }),
];

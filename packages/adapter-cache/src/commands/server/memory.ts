import { encodeDocument } from "../../documents/encode-document.js";
import { nextRevision } from "../../engine/revision.js";
import { readNotNegative } from "../numbered-keys.js";
import { syntaxError } from "../arguments.js";
import type { Command } from "../command.js";
import { helpOf } from "../subcommands.js";

/** `MEMORY USAGE key [SAMPLES count]`: how many bytes the key has in the state store. */
export const memory: Command = {
  name: "memory",
  arity: -2,
  subcommands: new Map([["usage", -3]]),
  keys: (args) => args.slice(2, 3),
  writes: false,
  run(keyspace, args) {
    if (args.keyword(1) === "HELP") return helpOf("MEMORY", ["USAGE key [SAMPLES count]"]);
    for (let index = 3; index < args.count; index += 2) {
      if (args.keyword(index) !== "SAMPLES" || index + 1 >= args.count) throw syntaxError();
      readNotNegative(args, index + 1, "ERR syntax error");
    }
    const entry = keyspace.find(args.bytes(2));
    if (entry === undefined) return null;
    return args.bytes(2).length + encodeDocument({ revision: nextRevision(), entry }).length;
  },
};

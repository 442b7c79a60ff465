import type { Keyspace } from "../../engine/keyspace.js";
import { MustWait } from "../../engine/must-wait.js";
import type { Reply } from "../../resp/reply.js";
import { syntaxError, type Arguments } from "../arguments.js";
import { firstTwoKeys, type Command } from "../command.js";
import { lmove, rpoplpush } from "../lmove.js";
import { readTimeout } from "./timeout.js";

interface Mover {
  readonly arity: number;
  /** The command that does it without waiting. */
  readonly command: Command;
  readonly checkEnds: (args: Arguments) => void;
}

function mover(name: string, { arity, command, checkEnds }: Mover): Command {
  const timeoutMs = (args: Arguments): number => {
    checkEnds(args);
    return readTimeout(args, args.count - 1);
  };
  const move = (keyspace: Keyspace, args: Arguments): Reply => {
    timeoutMs(args);
    const item = command.run(keyspace, args);
    if (item === null) throw new MustWait(null);
    return item;
  };
  return {
    name,
    arity,
    keys: firstTwoKeys,
    writes: true,
    run: move,
    blocking: {
      timeoutMs,
      resume(keyspace, args) {
        // Who has waited does not hear that the key is of another type now.
        if (keyspace.find(args.bytes(1))?.value.type !== "list") throw new MustWait(null);
        return move(keyspace, args);
      },
    },
  };
}

/** `BLMOVE source destination LEFT|RIGHT LEFT|RIGHT timeout`. */
export const blmove = mover("blmove", {
  arity: 6,
  command: lmove,
  checkEnds(args) {
    for (const index of [3, 4]) if (!["LEFT", "RIGHT"].includes(args.keyword(index))) throw syntaxError();
  },
});

/** `BRPOPLPUSH source destination timeout`. */
export const brpoplpush = mover("brpoplpush", { arity: 4, command: rpoplpush, checkEnds: () => undefined });

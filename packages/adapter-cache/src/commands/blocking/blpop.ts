import type { Keyspace } from "../../engine/keyspace.js";
import type { Reply } from "../../resp/reply.js";
import type { Arguments } from "../arguments.js";
import type { Command } from "../command.js";
import { firstFilled } from "./first-filled.js";
import { readTimeout } from "./timeout.js";

function popper(name: string, end: "left" | "right"): Command {
  const pop = (keyspace: Keyspace, args: Arguments, lenient: boolean): Reply => {
    readTimeout(args, args.count - 1);
    const { key, value } = firstFilled(keyspace, args.slice(1, -1), { type: "list", lenient });
    const [item] = end === "left" ? value.items.takeLeft(1) : value.items.takeRight(1);
    keyspace.update(key, value);
    return [key, item ?? null];
  };
  return {
    name,
    arity: -3,
    keys: (args) => args.slice(1, -1),
    writes: true,
    run: (keyspace, args) => pop(keyspace, args, false),
    blocking: {
      timeoutMs: (args) => readTimeout(args, args.count - 1),
      resume: (keyspace, args) => pop(keyspace, args, true),
    },
  };
}

/** `BLPOP key… timeout`: an item from the left of the first list that has one. */
export const blpop = popper("blpop", "left");

/** `BRPOP key… timeout`: an item from the right. */
export const brpop = popper("brpop", "right");

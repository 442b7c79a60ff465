import type { Keyspace } from "../../engine/keyspace.js";
import type { Reply } from "../../resp/reply.js";
import type { Arguments } from "../arguments.js";
import type { Command } from "../command.js";
import { readManyPop } from "../mpop-arguments.js";
import { numberedKeys } from "../numbered-keys.js";
import { firstFilled } from "./first-filled.js";
import { readTimeout } from "./timeout.js";

function pop(keyspace: Keyspace, args: Arguments, lenient: boolean): Reply {
  readTimeout(args, 1);
  const { keys, side, count } = readManyPop(args, 2, ["LEFT", "RIGHT"]);
  const { key, value } = firstFilled(keyspace, keys, { type: "list", lenient });
  const { items } = value;
  const amount = Math.min(count, items.length);
  const popped = side === "LEFT" ? items.takeLeft(amount) : items.takeRight(amount);
  keyspace.update(key, value);
  return [key, popped];
}

/** `BLMPOP timeout numkeys key… LEFT|RIGHT [COUNT count]`: items of the first list that has any. */
export const blmpop: Command = {
  name: "blmpop",
  arity: -5,
  keys: numberedKeys(2),
  writes: true,
  run: (keyspace, args) => pop(keyspace, args, false),
  blocking: {
    timeoutMs(args) {
      const timeoutMs = readTimeout(args, 1);
      readManyPop(args, 2, ["LEFT", "RIGHT"]);
      return timeoutMs;
    },
    resume: (keyspace, args) => pop(keyspace, args, true),
  },
};

import type { Keyspace } from "../engine/keyspace.js";
import type { Reply } from "../resp/reply.js";
import { syntaxError, type Arguments } from "./arguments.js";
import { firstTwoKeys, type Command } from "./command.js";
import { openList } from "./lists.js";

type End = "LEFT" | "RIGHT";

function move(keyspace: Keyspace, args: Arguments, from: End, to: End): Reply {
  const source = openList(keyspace, args.bytes(1));
  if (source.items.length === 0) return null;
  const target = args.bytes(1).equals(args.bytes(2)) ? source : openList(keyspace, args.bytes(2));
  const [item] = from === "LEFT" ? source.items.takeLeft(1) : source.items.takeRight(1);
  if (item === undefined) return null;
  if (to === "LEFT") target.items.addLeft([item]);
  else target.items.addRight([item]);
  keyspace.update(args.bytes(1), source);
  if (target !== source) keyspace.update(args.bytes(2), target);
  return item;
}

function readEnd(args: Arguments, index: number): End {
  const end = args.keyword(index);
  if (end !== "LEFT" && end !== "RIGHT") throw syntaxError();
  return end;
}

/** `LMOVE source destination LEFT|RIGHT LEFT|RIGHT`: takes an item from one list and adds it to another. */
export const lmove: Command = {
  name: "lmove",
  arity: 5,
  keys: firstTwoKeys,
  writes: true,
  run: (keyspace, args) => move(keyspace, args, readEnd(args, 3), readEnd(args, 4)),
};

/** `RPOPLPUSH source destination`: the old name of LMOVE from right to left. */
export const rpoplpush: Command = {
  name: "rpoplpush",
  arity: 3,
  keys: firstTwoKeys,
  writes: true,
  run: (keyspace, args) => move(keyspace, args, "RIGHT", "LEFT"),
};

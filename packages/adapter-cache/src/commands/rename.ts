import type { Keyspace } from "../engine/keyspace.js";
import { ErrorReply, ok } from "../resp/reply.js";
import type { Arguments } from "./arguments.js";
import { firstTwoKeys, type Command } from "./command.js";

/** Moves what one key holds to another, its expiry included; says whether it may. */
function move(keyspace: Keyspace, args: Arguments, mayReplace: boolean): boolean {
  const [from, to] = [args.bytes(1), args.bytes(2)];
  if (keyspace.find(from) === undefined) throw new ErrorReply("ERR no such key");
  if (from.equals(to)) return mayReplace;
  if (!mayReplace && keyspace.find(to) !== undefined) return false;
  keyspace.rename(from, to);
  return true;
}

const shared = { arity: 3, keys: firstTwoKeys, writes: true } as const;

/** `RENAME key newkey`. */
export const rename: Command = {
  ...shared,
  name: "rename",
  run(keyspace, args) {
    move(keyspace, args, true);
    return ok;
  },
};

/** `RENAMENX key newkey`: only if the new key is absent; 1 if it did. */
export const renamenx: Command = {
  ...shared,
  name: "renamenx",
  run: (keyspace, args) => (move(keyspace, args, false) ? 1 : 0),
};

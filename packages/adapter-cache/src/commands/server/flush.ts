import type { Keyspace } from "../../engine/keyspace.js";
import { ErrorReply, ok } from "../../resp/reply.js";
import { syntaxError } from "../arguments.js";
import type { Command } from "../command.js";
import { databases } from "../databases.js";
import { listAll } from "./listing.js";

function empty(keyspace: Keyspace): void {
  for (const { key } of listAll(keyspace)) keyspace.remove(key);
}

function flusher(name: string, every: boolean): Command {
  return {
    name,
    arity: -1,
    keys: () => [],
    writes: true,
    loose: true,
    listsKeys: true,
    run(keyspace, args) {
      if (args.count > 2 || (args.count === 2 && !["SYNC", "ASYNC"].includes(args.keyword(1)))) throw syntaxError();
      const all = Array.from({ length: databases }, (_, database) => database);
      for (const database of every ? all : [keyspace.database]) empty(keyspace.inDatabase(database));
      return ok;
    },
  };
}

/** `FLUSHDB [SYNC | ASYNC]`: removes every key of the database. */
export const flushdb = flusher("flushdb", false);

/** `FLUSHALL [SYNC | ASYNC]`: removes every key of every database. */
export const flushall = flusher("flushall", true);

/** `SWAPDB index index`: the keys of one database become those of the other. */
export const swapdb: Command = {
  name: "swapdb",
  arity: 3,
  keys: () => [],
  writes: true,
  listsKeys: true,
  run(keyspace, args) {
    const [left, right] = [1, 2].map((index) => {
      const complaint = index === 1 ? "ERR invalid first DB index" : "ERR invalid second DB index";
      const database = Number(args.integer(index, complaint));
      if (Math.abs(database) > 2 ** 31) throw new ErrorReply(complaint);
      return database;
    });
    if (left === undefined || right === undefined || [left, right].some((each) => each < 0 || each >= databases)) {
      throw new ErrorReply("ERR DB index is out of range");
    }
    const spaces = [keyspace.inDatabase(left), keyspace.inDatabase(right)] as const;
    const held = spaces.map((space) => listAll(space));
    if (left === right) return ok;
    for (const [index, space] of spaces.entries()) for (const { key } of held[index] ?? []) space.take(key);
    for (const [index, space] of spaces.entries()) {
      for (const { key, entry } of held[1 - index] ?? []) space.replace(key, entry.value, entry.expireAtMs);
    }
    return ok;
  },
};

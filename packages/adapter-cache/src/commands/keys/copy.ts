import { inOneDocument, replaceWhole } from "../streams/stream.js";
import { copyOf } from "../../documents/copy-of.js";
import { ErrorReply } from "../../resp/reply.js";
import { syntaxError } from "../arguments.js";
import { firstKey, firstTwoKeys, type Command } from "../command.js";
import { readDatabase } from "../databases.js";

const sameObjects = "ERR source and destination objects are the same";

/** `COPY source destination [DB index] [REPLACE]`: copies what a key holds, expiry included; 1 if it did. */
export const copy: Command = {
  name: "copy",
  arity: -3,
  keys: firstTwoKeys,
  writes: true,
  run(keyspace, args) {
    let database = keyspace.database;
    let replace = false;
    for (let index = 3; index < args.count; index++) {
      if (args.keyword(index) === "REPLACE") replace = true;
      else if (args.keyword(index) === "DB" && index + 1 < args.count) database = readDatabase(args, ++index);
      else throw syntaxError();
    }
    const [from, to] = [args.bytes(1), args.bytes(2)];
    if (database === keyspace.database && from.equals(to)) throw new ErrorReply(sameObjects);
    const entry = keyspace.find(from);
    if (entry === undefined) return 0;
    const target = keyspace.inDatabase(database);
    if (!replace && target.find(to) !== undefined) return 0;
    const value = copyOf(inOneDocument(keyspace, from, entry.value));
    replaceWhole(target, to, { value, expireAtMs: entry.expireAtMs });
    return 1;
  },
};

/** `MOVE key database`: moves a key to another database if it is absent there; 1 if it did. */
export const move: Command = {
  name: "move",
  arity: 3,
  keys: firstKey,
  writes: true,
  run(keyspace, args) {
    const database = readDatabase(args, 2);
    if (database === keyspace.database) throw new ErrorReply(sameObjects);
    const key = args.bytes(1);
    const entry = keyspace.find(key);
    if (entry === undefined) return 0;
    const target = keyspace.inDatabase(database);
    if (target.find(key) !== undefined) return 0;
    const value = copyOf(inOneDocument(keyspace, key, entry.value));
    replaceWhole(target, key, { value, expireAtMs: entry.expireAtMs });
    keyspace.remove(key);
    return 1;
  },
};

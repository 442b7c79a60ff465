import { randomInt } from "node:crypto";
import { matchesGlob } from "../../bytes/glob.js";
import { ErrorReply } from "../../resp/reply.js";
import { syntaxError, type Arguments } from "../arguments.js";
import type { Command } from "../command.js";
import { listAll, listFrom } from "./listing.js";

/** No key is named: what is needed is found in the index. */
const shared = { keys: () => [], writes: false, loose: true, listsKeys: true } as const;

/** `KEYS pattern`: every key that matches. */
export const keys: Command = {
  ...shared,
  name: "keys",
  arity: 2,
  run(keyspace, args) {
    const pattern = args.text(1);
    const all = listAll(keyspace).map(({ key }) => key);
    return all.filter((key) => matchesGlob(pattern, key.toString("latin1")));
  },
};

/** `DBSIZE`: how many keys there are. */
export const dbsize: Command = { ...shared, name: "dbsize", arity: 1, run: (keyspace) => listAll(keyspace).length };

/** How many keys RANDOMKEY chooses from. */
const choiceOfKeys = 10;

/** `RANDOMKEY`: any key. */
export const randomkey: Command = {
  ...shared,
  name: "randomkey",
  arity: 1,
  run(keyspace) {
    let { keys: found } = listFrom(keyspace, randomInt(2 ** 32), choiceOfKeys);
    if (found.length === 0) found = listAll(keyspace);
    return found[found.length === 0 ? 0 : randomInt(found.length)]?.key ?? null;
  },
};

/** `SCAN cursor [MATCH pattern] [COUNT count] [TYPE type]`: some keys, and where to go on. */
export const scan: Command = {
  ...shared,
  name: "scan",
  arity: -2,
  run(keyspace, args) {
    if (!/^\d{1,20}$/.test(args.text(1))) throw new ErrorReply("ERR invalid cursor");
    const { pattern, count, type } = readOptions(args);
    const { keys: listed, next } = listFrom(keyspace, Number(args.text(1)), count);
    const chosen = listed.filter(
      ({ key, entry }) =>
        (pattern === undefined || matchesGlob(pattern, key.toString("latin1"))) &&
        (type === undefined || entry.value.type === type),
    );
    return [String(next), chosen.map(({ key }) => key)];
  },
};

interface ScanOptions {
  pattern: string | undefined;
  count: number;
  type: string | undefined;
}

function readOptions(args: Arguments): ScanOptions {
  const options: ScanOptions = { pattern: undefined, count: 10, type: undefined };
  for (let index = 2; index < args.count; index += 2) {
    const word = args.keyword(index);
    if (index + 1 >= args.count) throw syntaxError();
    if (word === "MATCH") options.pattern = args.text(index + 1);
    else if (word === "TYPE") options.type = args.text(index + 1).toLowerCase();
    else if (word === "COUNT") {
      const count = args.integer(index + 1);
      if (count < 1n) throw syntaxError();
      options.count = Number(count);
    } else throw syntaxError();
  }
  return options;
}

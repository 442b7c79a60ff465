import type { RankedMembers, Scored } from "../documents/members.js";
import type { Keyspace } from "../engine/keyspace.js";
import { formatDouble } from "../numbers/double.js";
import { ErrorReply, type Reply } from "../resp/reply.js";
import { matchesGlob } from "../bytes/glob.js";
import { syntaxError, type Arguments } from "./arguments.js";
import { firstKey, type Command } from "./command.js";
import { readHash, toBytes } from "./hashes.js";
import { readSet } from "./sets.js";
import { readRanked } from "./sorted-sets.js";

type Members = (keyspace: Keyspace, key: Buffer) => readonly (readonly [string, ...Reply[]])[];

function wholeRange(ranked: RankedMembers): readonly Scored[] {
  return ranked.slice(0, ranked.length);
}

/** A document is read as a whole, so a scan ends with its first answer. */
function scanner(name: string, members: Members): Command {
  return {
    name,
    arity: -3,
    keys: firstKey,
    writes: false,
    run(keyspace, args) {
      if (!/^\d{1,20}$/.test(args.text(2))) throw new ErrorReply("ERR invalid cursor");
      const found = members(keyspace, args.bytes(1));
      if (keyspace.find(args.bytes(1)) === undefined) return ["0", []];
      const pattern = readPattern(args);
      const matching = found.filter(([member]) => pattern === undefined || matchesGlob(pattern, member));
      return ["0", matching.flatMap(([member, ...others]) => [toBytes(member), ...others])];
    },
  };
}

function readPattern(args: Arguments): string | undefined {
  let pattern: string | undefined;
  for (let index = 3; index < args.count; index += 2) {
    const word = args.keyword(index);
    if (index + 1 >= args.count) throw syntaxError();
    if (word === "COUNT") {
      if (args.integer(index + 1) < 1n) throw syntaxError();
    } else if (word === "MATCH") pattern = args.text(index + 1);
    else throw syntaxError();
  }
  return pattern;
}

/** `HSCAN key cursor [MATCH pattern] [COUNT count]`: fields and values. */
export const hscan = scanner("hscan", (keyspace, key) => [...(readHash(keyspace, key) ?? [])]);

/** `SSCAN key cursor [MATCH pattern] [COUNT count]`: members. */
export const sscan = scanner("sscan", (keyspace, key) =>
  [...readSet(keyspace, key)].map((member) => [member] as const),
);

/** `ZSCAN key cursor [MATCH pattern] [COUNT count]`: members and scores. */
export const zscan = scanner("zscan", (keyspace, key) =>
  wholeRange(readRanked(keyspace, key)).map(([member, score]) => [member, formatDouble(score)] as const),
);

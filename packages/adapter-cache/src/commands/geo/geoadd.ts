import { syntaxError } from "../arguments.js";
import { firstKey, type Command } from "../command.js";
import { addScores } from "../zadd.js";
import { readCoordinates } from "./geo-arguments.js";
import { scoreOf } from "./geohash.js";

const options = new Set(["NX", "XX", "CH"]);

/** `GEOADD key [NX | XX] [CH] longitude latitude member…`: puts members at places; how many are new (`CH`: or moved). */
export const geoadd: Command = {
  name: "geoadd",
  arity: -5,
  keys: firstKey,
  writes: true,
  run(keyspace, args) {
    const flags = new Set<string>();
    let index = 2;
    while (options.has(args.keyword(index))) flags.add(args.keyword(index++));
    const rest = args.count - index;
    if (rest === 0 || rest % 3 !== 0 || (flags.has("NX") && flags.has("XX"))) throw syntaxError();
    const pairs: [number, string][] = [];
    for (; index < args.count; index += 3) pairs.push([scoreOf(readCoordinates(args, index)), args.text(index + 2)]);
    return addScores(keyspace, args.bytes(1), { flags, pairs });
  },
};

import { matchesGlob } from "../../bytes/glob.js";
import { ErrorReply, MapReply, ok } from "../../resp/reply.js";
import { arityError } from "../arguments.js";
import type { ConnectionCommand } from "../connection-command.js";
import { databases } from "../databases.js";
import { maxStringBytes } from "../string-length.js";
import { notSupported } from "../refusals.js";
import { helpOf } from "../subcommands.js";

/** The settings of Redis that mean something here, as they are. */
const settings: ReadonlyMap<string, string> = new Map([
  ["appendonly", "no"],
  ["bind", ""],
  ["cluster-enabled", "no"],
  ["databases", String(databases)],
  ["hash-max-listpack-entries", "512"],
  ["hash-max-listpack-value", "64"],
  ["hll-sparse-max-bytes", "3000"],
  ["maxmemory", "0"],
  ["maxmemory-policy", "noeviction"],
  ["notify-keyspace-events", ""],
  ["port", "0"],
  ["proto-max-bulk-len", String(maxStringBytes)],
  ["requirepass", ""],
  ["save", ""],
  ["set-max-intset-entries", "512"],
  ["timeout", "0"],
  ["zset-max-listpack-entries", "128"],
  ["zset-max-listpack-value", "64"],
]);

/**
 * `CONFIG GET pattern… | SET name value… | RESETSTAT | REWRITE`: the settings that mean something here. They can be set to
 * what they are, as clients do to be sure; what would have to change something is refused.
 */
export const config: ConnectionCommand = {
  name: "config",
  arity: -2,
  subcommands: new Map([
    ["get", -3],
    ["set", -4],
    ["resetstat", 2],
    ["rewrite", 2],
  ]),
  run(session, args) {
    const rest = args.slice(2).map((bytes) => bytes.toString("latin1").toLowerCase());
    switch (args.keyword(1)) {
      case "GET":
        return new MapReply(valuesOf(args.texts(2)).flat());
      case "SET":
        if (rest.length % 2 === 1) throw arityError("config|set");
        for (let index = 0; index < rest.length; index += 2) {
          const [name = "", value] = rest.slice(index, index + 2);
          if (!settings.has(name)) {
            throw new ErrorReply(`ERR Unknown option or number of arguments for CONFIG SET - '${name}'`);
          }
          if (settings.get(name) !== value) {
            throw notSupported(`CONFIG SET ${name}`, session.storeType, "set it where the state store is configured");
          }
        }
        return ok;
      case "HELP":
        return helpOf("CONFIG", ["GET pattern...", "SET name value...", "RESETSTAT", "REWRITE"]);
      case "REWRITE":
        throw new ErrorReply("ERR The server is running without a config file");
      default:
        return ok;
    }
  },
};

/** The settings that some patterns name; one that is named without a pattern is written as it was asked for. */
function valuesOf(patterns: readonly string[]): readonly (readonly [name: string, value: string])[] {
  const asked = new Map<string, string>();
  for (const pattern of patterns) {
    const lowerCase = pattern.toLowerCase();
    for (const name of settings.keys()) {
      if (asked.has(name)) continue;
      if (name === lowerCase) asked.set(name, pattern);
      else if (matchesGlob(lowerCase, name)) asked.set(name, name);
    }
  }
  return [...asked].map(([name, shown]) => [shown, settings.get(name) ?? ""]);
}

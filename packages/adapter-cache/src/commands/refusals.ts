import { ErrorReply } from "../resp/reply.js";

/** What to do instead of commands that no state store can do. */
const groups: readonly (readonly [names: string, remedy: string])[] = [
  [
    "replicaof slaveof replconf psync sync failover migrate",
    "replication is the state store's; to speak to Redis itself, set `native` in the adapter's settings",
  ],
  ["bgsave bgrewriteaof save shutdown", "the state store keeps every value at once; save it with its own tools"],
  ["acl", "who may use the store is decided by the component's scopes and credentials"],
  ["debug monitor pfdebug pfselftest", "use the traces and metrics of the runtime"],
  ["restore-asking", "there is no cluster that keys move in; use RESTORE"],
  ["function fcall fcall_ro", "EVAL and EVALSHA run scripts"],
  ["module", "no modules can be loaded here; to speak to Redis itself, set `native` in the adapter's settings"],
];

/** The commands of Redis 7.0 that the portable engine refuses, and what to do instead. */
export const refusals: ReadonlyMap<string, string> = new Map(
  groups.flatMap(([names, remedy]) => names.split(" ").map((name) => [name, remedy] as const)),
);

/** As above, of single subcommands. */
const subcommandGroups: readonly (readonly [names: string, remedy: string])[] = [
  ["client|pause client|unblock", "to speak to Redis itself, set `native` in the adapter's settings"],
  ["command|getkeysandflags", "use COMMAND GETKEYS"],
  ["latency|doctor latency|graph", "use the traces and metrics of the runtime"],
  [
    "memory|doctor memory|malloc-stats memory|purge memory|stats",
    "the memory is that of the state store, which has figures of its own; MEMORY USAGE tells that of a key",
  ],
  ["object|idletime", "a state store does not keep when a value was last read"],
  ["script|debug", "to step through a script, run it on a Redis of your own with redis-cli --ldb"],
];

/** The subcommands, as in `memory|stats`, that the portable engine refuses of commands that it has, and what to do instead. */
export const refusedSubcommands: ReadonlyMap<string, string> = new Map(
  subcommandGroups.flatMap(([names, remedy]) => names.split(" ").map((name) => [name, remedy] as const)),
);

/** What is said of something that the store cannot do. */
export function notSupported(what: string, storeType: string, remedy: string): ErrorReply {
  return new ErrorReply(`ERR ${what} is not supported by Mecha on ${storeType}: ${remedy}`);
}

/** What is said of changes of several keys at once on a store that makes them one by one. */
export function severalKeysNotSupported(what: string, storeType: string): ErrorReply {
  const remedy = "change the keys one by one, or use a store whose transactions are all or nothing";
  return notSupported(`${what} over several keys`, storeType, remedy);
}

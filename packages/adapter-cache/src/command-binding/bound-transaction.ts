import { ErrorReply } from "../resp/reply.js";
import type { CommandWords } from "./command-binding.js";

/** What was watched: a fingerprint for each key, and of which database they are. */
export interface WatchedKeys {
  readonly database: number | undefined;
  /** By latin1 text of the keys. */
  readonly fingerprints: ReadonlyMap<string, string>;
}

/** The commands of a transaction, and what must not have changed. */
export function transactionCommands(
  commands: readonly (readonly Buffer[])[],
  watched: WatchedKeys | undefined,
): readonly CommandWords[] {
  if (watched === undefined || watched.fingerprints.size === 0) return commands;
  const pairs = [...watched.fingerprints].flatMap(([key, fingerprint]) => [
    Buffer.from(key, "latin1"),
    Buffer.from(fingerprint, "latin1"),
  ]);
  return [["WATCH", ...pairs], ...commands];
}

/** Adds what WATCH answered; a key that is watched already keeps what was seen first. */
export function watchMore(
  watched: WatchedKeys | undefined,
  {
    database,
    keys,
    seen,
  }: { readonly database: number | undefined; readonly keys: readonly Buffer[]; readonly seen: readonly string[] },
): WatchedKeys {
  if (watched !== undefined && watched.fingerprints.size > 0 && watched.database !== database) {
    throw new ErrorReply("ERR WATCH of keys in several databases is not supported by Mecha through a binding");
  }
  const fresh = keys.map((key, index): [string, string] => [key.toString("latin1"), seen[index] ?? ""]);
  return { database, fingerprints: new Map([...fresh, ...(watched?.fingerprints ?? [])]) };
}

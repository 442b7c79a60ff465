import type { Operation } from "../engine/operation.js";
import type { Workspace } from "../engine/workspace.js";
import { ErrorReply, ok } from "../resp/reply.js";
import { splitName } from "../documents/key-name.js";
import { placeOfKey, shardName, shardOfPlace } from "./shards.js";

const minuteMs = 60_000;

/** For how long a process relies on what it saw in the index. */
const knownMs = 4 * minuteMs;

/** How old an entry may be before whoever stores its key makes it new. */
const refreshMs = 5 * minuteMs;

/** How old an entry is at least before it may be removed because its key is gone: nobody relies on it any more. */
export const removableMs = 15 * minuteMs;

/** How many keys a process remembers at most to be in the index. */
const maxKnown = 50_000;

/** Keys of one shard that are about to be written into the index, and who waits for it. */
interface Pending {
  readonly members: Set<string>;
  readonly done: Promise<void>;
}

/**
 * Keeps the names of all keys, so that they can be listed: stores have no listing. A key's name is there before the client
 * learns that the key was stored; it stays for a while when the key is gone, so whoever lists looks at the keys themselves.
 */
export class KeyIndex {
  readonly #submit: (operation: Operation) => void;
  /** Until when a key's document is known to be in the index, by its name. */
  readonly #known = new Map<string, number>();
  readonly #pending = new Map<string, Pending>();

  /** @param submit - takes the operations that change the index */
  constructor(submit: (operation: Operation) => void) {
    this.#submit = submit;
  }

  /**
   * Takes down documents of keys that were stored.
   *
   * @param isStored - tells them from those that were removed
   * @returns a promise to wait for; `undefined` if all were known. Rejects with an `ErrorReply` if the store fails
   */
  record(names: ReadonlySet<string>, isStored: (name: string) => boolean): Promise<void> | undefined {
    let waiting: Promise<void>[] | undefined;
    const now = Date.now();
    for (const name of names) {
      if ((this.#known.get(name) ?? 0) > now) continue;
      const key = splitName(name);
      if (key === undefined || !isStored(name)) continue;
      waiting ??= [];
      waiting.push(this.#add(name, key));
    }
    return waiting === undefined ? undefined : Promise.all(waiting).then(() => undefined);
  }

  /** Whether a key's document is known to be in the index, so that storing it changes nothing there. */
  isKnown(name: string, now: number): boolean {
    return (this.#known.get(name) ?? 0) > now;
  }

  #add(name: string, { database, member }: { readonly database: number; readonly member: string }): Promise<void> {
    const shard = shardName(database, shardOfPlace(placeOfKey(member)));
    const pending = this.#pending.get(shard) ?? this.#open(shard);
    pending.members.add(member);
    return pending.done.then(() => this.#remember(name));
  }

  /** What is added to a shard within one turn is written together. */
  #open(shard: string): Pending {
    const members = new Set<string>();
    const done = new Promise<void>((resolve, reject) => {
      process.nextTick(() => {
        this.#pending.delete(shard);
        this.#submit({
          names: [shard],
          blind: false,
          owner: members,
          run: (workspace) => addMembers(workspace, shard, members),
          settle: (reply) => {
            if (reply instanceof ErrorReply) reject(reply);
            else resolve();
          },
        });
      });
    });
    const pending = { members, done };
    this.#pending.set(shard, pending);
    return pending;
  }

  #remember(name: string): void {
    this.#known.delete(name);
    this.#known.set(name, Date.now() + knownMs);
    if (this.#known.size <= maxKnown) return;
    for (const oldest of this.#known.keys()) {
      this.#known.delete(oldest);
      break;
    }
  }
}

function addMembers(workspace: Workspace, shard: string, members: ReadonlySet<string>): typeof ok {
  const now = Date.now();
  const value = workspace.entry(shard)?.value;
  const seen = value?.type === "zset" ? value.scores : new Map<string, number>();
  const stale = [...members].filter((member) => (seen.get(member) ?? 0) < now - refreshMs);
  for (const member of stale) seen.set(member, now);
  if (stale.length > 0) workspace.replace(shard, { value: { type: "zset", scores: seen }, expireAtMs: undefined });
  return ok;
}

import type { Entry, Value, ValueOf, ValueType } from "../documents/document.js";
import { documentName } from "../documents/key-name.js";
import { ErrorReply } from "../resp/reply.js";
import { MissingDocuments } from "./missing-documents.js";
import type { Workspace } from "./workspace.js";

/** The keys of one database, as commands see them while they run. */
export class Keyspace {
  readonly #workspace: Workspace;
  /** Index of the database. */
  readonly database: number;
  /** The time at which the command runs, in milliseconds since 1970. */
  readonly now: number;

  constructor(workspace: Workspace, database: number, now: number) {
    this.#workspace = workspace;
    this.database = database;
    this.now = now;
  }

  /** What a key holds; `undefined` if it is absent or expired. */
  find(key: Buffer): Entry | undefined {
    const entry = this.#workspace.entry(this.#name(key));
    return entry === undefined || isExpired(entry, this.now) ? undefined : entry;
  }

  /** The value of a key if it is there; throws WRONGTYPE if it is of another type. */
  typed<T extends ValueType>(key: Buffer, type: T): ValueOf<T> | undefined {
    const value = this.find(key)?.value;
    if (value === undefined) return undefined;
    if (value.type !== type) throw new ErrorReply("WRONGTYPE Operation against a key holding the wrong kind of value");
    // The type was compared just now; the compiler does not narrow by a type parameter.
    return value as ValueOf<T>;
  }

  /** Stores a value in place of whatever the key held, with an expiry of its own or none. */
  replace(key: Buffer, value: Value, expireAtMs?: number): void {
    this.#workspace.replace(this.#name(key), { value, expireAtMs });
  }

  /** Stores what became of a value: its expiry stays, and a container without members ends the key. */
  update(key: Buffer, value: Value): void {
    const expireAtMs = this.find(key)?.expireAtMs;
    this.#workspace.replace(this.#name(key), isEmpty(value) ? undefined : { value, expireAtMs });
  }

  /** Gives a key another expiry, or none. */
  expire(key: Buffer, expireAtMs: number | undefined): void {
    const entry = this.find(key);
    if (entry !== undefined) this.#workspace.replace(this.#name(key), { value: entry.value, expireAtMs });
  }

  /** Removes a key; says whether it was there. */
  remove(key: Buffer): boolean {
    if (this.find(key) === undefined) return false;
    this.#workspace.replace(this.#name(key), undefined);
    return true;
  }

  /** The keys of another database. */
  inDatabase(database: number): Keyspace {
    return new Keyspace(this.#workspace, database, this.now);
  }

  /** Has several keys read at once that the command did not name, before it looks at them one by one. */
  gather(keys: readonly Buffer[]): void {
    const missing = keys.flatMap((key) => {
      try {
        this.find(key);
        return [];
      } catch (error) {
        if (!(error instanceof MissingDocuments)) throw error;
        return error.names;
      }
    });
    if (missing.length > 0) throw new MissingDocuments(missing);
  }

  #name(key: Buffer): string {
    return documentName(this.database, key.toString("latin1"));
  }
}

/** Says whether an entry's time is over. */
export function isExpired({ expireAtMs }: Entry, now: number): boolean {
  return expireAtMs !== undefined && expireAtMs < now;
}

function isEmpty(value: Value): boolean {
  switch (value.type) {
    case "string":
      return false;
    case "hash":
      return value.fields.size === 0;
    case "list":
      return value.items.length === 0;
    case "set":
      return value.members.size === 0;
    case "zset":
      return value.scores.size === 0;
  }
}

import type { BusMessage } from "../channels/bus.js";
import type { Entry, Value, ValueOf, ValueType } from "../documents/document.js";
import { dropEndedFields, lastExpiry } from "../documents/field-expiry.js";
import { documentName, partName, splitName } from "../documents/key-name.js";
import type { SplitParts } from "../documents/parts/part-store.js";
import { splitIfLarge, splitOf } from "../documents/parts/split-values.js";
import { placeOfKey, shardName, shardOfPlace } from "../key-index/shards.js";
import { ErrorReply } from "../resp/reply.js";
import type { KeyedDocuments } from "./keyed-documents.js";
import { MissingDocuments } from "./missing-documents.js";
import { nextRevision } from "./revision.js";

/** The keys of one database, as commands see them while they run. */
export class Keyspace {
  readonly #workspace: KeyedDocuments;
  #lastKey: Buffer | undefined;
  #lastName = "";
  /** Index of the database. */
  readonly database: number;
  #now: number;

  constructor(workspace: KeyedDocuments, database: number, now: number) {
    this.#workspace = workspace;
    this.database = database;
    this.#now = now;
  }

  /** The time at which the command runs, in milliseconds since 1970. */
  get now(): number {
    return this.#now;
  }

  /** Serves another command: at its time, on a key of which it is known under which name its document is stored. */
  again(now: number, key: Buffer, name: string): this {
    this.#now = now;
    this.#lastKey = key;
    this.#lastName = name;
    return this;
  }

  /** What a key holds; `undefined` if it is absent or expired. */
  find(key: Buffer): Entry | undefined {
    const entry = this.#workspace.entry(this.#name(key));
    if (entry === undefined || isExpired(entry, this.now)) return undefined;
    dropEndedFields(entry.value, this.now);
    return entry;
  }

  /** Whether a command that has waited may take something from a key: not where the change of another one has it tried. */
  isReady(key: Buffer): boolean {
    const { ready } = this.#workspace;
    return ready === undefined || ready === this.#name(key);
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
    const stored = this.#settle(value, expireAtMs);
    this.#dropParts(key, stored);
    this.#workspace.replace(this.#name(key), { value: stored, expireAtMs });
  }

  /** Stores what became of a value: its expiry stays, and a container without members ends the key. */
  update(key: Buffer, value: Value): void {
    if (!isEmpty(value)) this.replace(key, value, this.find(key)?.expireAtMs);
    else {
      this.#dropParts(key);
      this.#workspace.replace(this.#name(key), undefined);
    }
  }

  /** Gives a key another expiry, or none. */
  expire(key: Buffer, expireAtMs: number | undefined): void {
    const entry = this.find(key);
    if (entry === undefined) return;
    this.replace(key, entry.value, expireAtMs);
    for (const name of streamParts(entry.value)) this.replacePart(key, name, this.part(name));
  }

  /** Removes a key; says whether it was there. */
  remove(key: Buffer): boolean {
    if (this.find(key) === undefined) return false;
    this.#dropParts(key);
    this.#workspace.replace(this.#name(key), undefined);
    return true;
  }

  /** Gives the value of a key to another, in place of what that held. */
  rename(key: Buffer, other: Buffer): void {
    const entry = this.take(key);
    if (entry !== undefined) this.replace(other, entry.value, entry.expireAtMs);
  }

  /** Removes a key whose value, parts included, is to be given to another. */
  take(key: Buffer): Entry | undefined {
    const entry = this.find(key);
    if (entry !== undefined) this.#workspace.replace(this.#name(key), undefined);
    return entry;
  }

  /** Publishes a message once what runs is committed; how many in this process will receive it. */
  publish(message: BusMessage): number {
    return this.#workspace.publish(message);
  }

  /** The keys of another database. */
  inDatabase(database: number): Keyspace {
    return new Keyspace(this.#workspace, database, this.now);
  }

  /** Has several keys read at once that the command did not name, before it looks at them one by one. */
  gather(keys: readonly Buffer[]): void {
    this.#gather(keys.map((key) => this.#name(key)));
  }

  /** The keys in some shards of the index, as they stand in names of documents, and when they were last taken down. */
  indexed(shards: readonly number[]): ReadonlyMap<string, number> {
    const names = shards.map((shard) => shardName(this.database, shard));
    this.#gather(names);
    const values = names.map((name) => this.#workspace.entry(name)?.value);
    const found = new Map(values.flatMap((value) => (value?.type === "zset" ? [...value.scores] : [])));
    // What was stored just now, in the same transaction for example, is not in the index yet.
    for (const name of this.#workspace.names) {
      const key = splitName(name);
      if (key?.database !== this.database || found.has(key.member)) continue;
      if (shards.includes(shardOfPlace(placeOfKey(key.member)))) found.set(key.member, this.now);
    }
    return found;
  }

  /** Takes a key out of the index. */
  forget(member: string): void {
    const name = shardName(this.database, shardOfPlace(placeOfKey(member)));
    const value = this.#workspace.entry(name)?.value;
    if (value?.type === "zset" && value.scores.delete(member)) {
      this.#workspace.replace(name, { value, expireAtMs: undefined });
    }
  }

  #gather(names: readonly string[]): void {
    const missing = names.filter((name) => {
      try {
        this.#workspace.entry(name);
        return false;
      } catch (error) {
        if (!(error instanceof MissingDocuments)) throw error;
        return true;
      }
    });
    if (missing.length > 0) throw MissingDocuments.of(missing);
  }

  /** Whether the value of a key may be kept in several documents. */
  get splits(): boolean {
    return this.#workspace.splits;
  }

  /** A document that holds part of a key's value. */
  part(name: string): Value | undefined {
    return this.#workspace.read(name);
  }

  /** Stores part of a key's value in a document of its own, which ends with the key. */
  createPart(key: Buffer, value: Value): string {
    const name = newPartName();
    this.#workspace.create(name, { value, expireAtMs: this.find(key)?.expireAtMs });
    return name;
  }

  /** Stores what became of a part of a key's value; `undefined` removes it. */
  replacePart(key: Buffer, name: string, value: Value | undefined): void {
    this.#workspace.replace(name, value && { value, expireAtMs: this.find(key)?.expireAtMs });
  }

  /** Makes parts of a value that has become large, or one document of one that has become small, and stores its parts. */
  #settle(value: Value, expireAtMs: number | undefined): Value {
    const settled = this.splits ? (splitIfLarge(value, this.#workspace, newPartName) ?? value) : value;
    const split = splitOf(settled);
    if (split === undefined) return settled;
    if (split.isSmall) return this.#joined(split);
    split.save(expireAtMs, this.now);
    return settled;
  }

  #joined(split: SplitParts): Value {
    const whole = split.join();
    for (const name of split.names()) this.#workspace.write(name, undefined, undefined);
    return whole;
  }

  /** Removes the documents that held parts of what a key held, unless its next value has them too. */
  #dropParts(key: Buffer, next?: Value): void {
    const name = this.#name(key);
    // What is replaced without having been read leaves them to whoever looks for documents without a key.
    const value = this.#workspace.isRead(name) ? this.#workspace.entry(name)?.value : undefined;
    if (value === undefined || value === next) return;
    const parts = partsOf(value);
    if (parts.length === 0) return;
    const kept = new Set(next && partsOf(next));
    for (const part of parts) if (!kept.has(part)) this.#workspace.write(part, undefined, undefined);
  }

  #name(key: Buffer): string {
    // Commands ask for the same key several times, by the same argument.
    if (key !== this.#lastKey) {
      this.#lastKey = key;
      this.#lastName = documentName(this.database, key.toString("latin1"));
    }
    return this.#lastName;
  }
}

/** Says whether an entry's time is over. */
export function isExpired({ value, expireAtMs }: Entry, now: number): boolean {
  return (expireAtMs !== undefined && expireAtMs < now) || (lastExpiry(value) ?? Infinity) <= now;
}

function newPartName(): string {
  return partName(Buffer.from(nextRevision(), "latin1").toString("hex"));
}

/** The documents that hold parts of a value. */
function partsOf(value: Value): readonly string[] {
  return splitOf(value)?.names() ?? streamParts(value);
}

function streamParts(value: Value): readonly string[] {
  return value.type === "stream" ? value.parts.map(({ name }) => name) : [];
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
    // An empty stream remembers its ids.
    case "stream":
    case "stream-part":
    case "packed-part":
      return false;
  }
}

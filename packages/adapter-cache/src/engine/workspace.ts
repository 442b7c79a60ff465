import type { BusMessage } from "../channels/bus.js";
import type { Channels } from "../channels/channels.js";
import type { Entry, Value } from "../documents/document.js";
import type { DocumentChange } from "../documents/documents.js";
import { defaultSplitLimits, type SplitLimits } from "../documents/parts/part-store.js";
import type { KeyedDocuments } from "./keyed-documents.js";
import { MissingDocuments } from "./missing-documents.js";
import type { ReadDocuments } from "./run-operations.js";
import { Slot } from "./slot.js";

/** Up to how many names a look through all is the fastest way to find one. */
const fewNames = 8;

/** After how many rounds of reading parts of values all parts are read at once. */
const eagerRounds = 3;

const noMessages: readonly BusMessage[] = [];
const noNames: ReadonlySet<string> = new Set();

/** The documents of one batch, in memory, while its operations run over them one after the other. */
export class Workspace implements KeyedDocuments {
  /** Whether the value of a key may be kept in several documents. */
  readonly splits: boolean;
  readonly limits: SplitLimits;
  readonly eager: boolean;
  readonly #slots = new Map<string, Slot>();
  #touched = new Set<string>();
  #declared: readonly string[] | ReadonlySet<string> = [];
  #late = new Set<string>();
  #readsParts = false;
  #ready: string | undefined;
  readonly #channels: Channels;
  #messages: BusMessage[] = [];

  /**
   * @param names - every document that the operations name, and those that they turned out to need
   * @param read - what was read of them, and what was found
   */
  constructor(names: Iterable<string>, read: ReadDocuments) {
    this.#channels = read.channels;
    this.splits = read.limits !== undefined;
    this.limits = read.limits ?? defaultSplitLimits;
    this.eager = read.rounds >= eagerRounds;
    for (const name of names) {
      const found = read.names.has(name) ? { stored: read.stored.get(name) } : undefined;
      this.#slots.set(name, new Slot(name, found, this));
    }
  }

  /**
   * Says which documents the operation that runs from now on has named before.
   *
   * @param ready - see `KeyedDocuments.ready`
   */
  begin(names: readonly string[], ready?: string): void {
    this.#ready = ready;
    this.#declared = names.length > fewNames ? new Set(names) : names;
    if (this.#late.size > 0) this.#late = new Set();
    this.#readsParts = false;
  }

  get ready(): string | undefined {
    return this.#ready;
  }

  /** What a document holds, whether expired or not. */
  entry(name: string): Entry | undefined {
    return this.#slot(name).entry;
  }

  /** Names the state of a document; see `Slot.revision`. */
  revision(name: string): string {
    return this.#slot(name).revision;
  }

  /** Replaces what a document holds, or removes it. */
  replace(name: string, entry: Entry | undefined): void {
    this.#slot(name).replace(entry);
    this.#touched.add(name);
  }

  /** Adds a document of a name that nobody has used yet. */
  create(name: string, entry: Entry): void {
    this.#readsParts = true;
    this.#slots.set(name, new Slot(name, { stored: undefined }, this));
    this.replace(name, entry);
  }

  /** Whether the operation dealt with parts of values; see `Run.readsParts`. */
  get readsParts(): boolean {
    return this.#readsParts;
  }

  read(name: string): Value | undefined {
    this.#readsParts = true;
    const slot = this.#slots.get(name);
    if (slot === undefined) throw MissingDocuments.of([name]);
    return slot.entry?.value;
  }

  gather(names: readonly string[]): void {
    const missing = names.filter((name) => !this.isRead(name));
    if (missing.length > 0) throw MissingDocuments.of(missing);
  }

  write(name: string, value: Value | undefined, expireAtMs: number | undefined): void {
    this.#readsParts = true;
    // What was not read may be there nevertheless; that it may be replaced is proved by the document that names it.
    if (!this.#slots.has(name)) this.#slots.set(name, new Slot(name, undefined, this));
    this.replace(name, value && { value, expireAtMs });
  }

  /** Whether a document was read, so that it can be looked at. */
  isRead(name: string): boolean {
    return this.#slots.get(name)?.isRead === true;
  }

  /** Makes the commit depend on a document that is not changed. */
  require(name: string): void {
    this.#slot(name).require();
  }

  /** Has a message published once the operation is committed; how many in this process will receive it. */
  publish(message: BusMessage): number {
    this.#messages.push(message);
    return this.#channels.receivers(message.kind, message.channel);
  }

  /** The messages since the last call. */
  takeMessages(): readonly BusMessage[] {
    const messages = this.#messages;
    // What comes later is not added to what was given away.
    if (messages.length === 0) return noMessages;
    this.#messages = [];
    return messages;
  }

  /** The names that were replaced since the last call. */
  takeTouched(): ReadonlySet<string> {
    const touched = this.#touched;
    if (touched.size === 0) return noNames;
    this.#touched = new Set();
    return touched;
  }

  /** The documents that the operation looked at or replaced without having named them. */
  get late(): ReadonlySet<string> {
    return this.#late;
  }

  /** The documents that are here. */
  get names(): Iterable<string> {
    return this.#slots.keys();
  }

  /** What has to be written of some documents. */
  changes(names: Iterable<string>, now: number): DocumentChange[] {
    return [...names].flatMap((name) => this.#slot(name).change(now) ?? []);
  }

  #slot(name: string): Slot {
    const slot = this.#slots.get(name);
    if (slot === undefined) throw MissingDocuments.of([name]);
    if (!this.#isDeclared(name)) this.#late.add(name);
    return slot;
  }

  #isDeclared(name: string): boolean {
    return "has" in this.#declared ? this.#declared.has(name) : this.#declared.includes(name);
  }
}

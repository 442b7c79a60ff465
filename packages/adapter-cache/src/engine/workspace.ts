import type { Entry } from "../documents/document.js";
import type { DocumentChange, StoredDocument } from "../documents/documents.js";
import { Slot } from "./slot.js";

/** The documents of one batch, in memory, while its operations run over them one after the other. */
export class Workspace {
  readonly #slots = new Map<string, Slot>();
  #touched = new Set<string>();

  /**
   * @param names - every document that the operations name
   * @param read - the names that were read
   * @param stored - what was found of them
   */
  constructor(names: Iterable<string>, read: ReadonlySet<string>, stored: ReadonlyMap<string, StoredDocument>) {
    for (const name of names) this.#slots.set(name, new Slot(name, stored.get(name), read.has(name)));
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

  /** Makes the commit depend on a document that is not changed. */
  require(name: string): void {
    this.#slot(name).require();
  }

  /** The names that were replaced since the last call. */
  takeTouched(): ReadonlySet<string> {
    const touched = this.#touched;
    if (touched.size > 0) this.#touched = new Set();
    return touched;
  }

  /** What has to be written of some documents. */
  changes(names: Iterable<string>, now: number): DocumentChange[] {
    return [...names].flatMap((name) => this.#slot(name).change(now) ?? []);
  }

  #slot(name: string): Slot {
    const slot = this.#slots.get(name);
    // An operation names its keys before it runs; touching another is a mistake in the command's table of keys.
    if (slot === undefined) throw new Error(`The document ${name} was not named by the operation`);
    return slot;
  }
}

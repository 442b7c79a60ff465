import type { BusMessage } from "../channels/bus.js";
import type { Entry } from "../documents/document.js";
import type { PartStore } from "../documents/parts/part-store.js";

/** The documents that a command works on, by their names. */
export interface KeyedDocuments extends PartStore {
  /** Whether the value of a key may be kept in several documents. */
  readonly splits: boolean;
  /** The documents that are here. */
  readonly names: Iterable<string>;
  /** The document whose change has a command tried that waits for it; `undefined` where it looks at all of its own. */
  readonly ready?: string | undefined;
  /** What a document holds, whether expired or not. Throws `MissingDocuments` if it is not here. */
  entry(name: string): Entry | undefined;
  /** Replaces what a document holds, or removes it. */
  replace(name: string, entry: Entry | undefined): void;
  /** Adds a document of a name that nobody has used yet. */
  create(name: string, entry: Entry): void;
  /** Whether a document was read, so that it can be looked at. */
  isRead(name: string): boolean;
  /** Has a message published once the operation is committed; how many in this process will receive it. */
  publish(message: BusMessage): number;
}

import type { StatePlaces } from "@mecha/sdk-core/protocol";

/** A document as a store gives it. */
export interface StoredDocument {
  readonly bytes: Buffer;
  /** Names this version of the document. */
  readonly etag: string;
}

/** What must be in the store for a change to be made. */
export type Expectation = { readonly etag: string } | "absent" | "anything";

/** A document to be stored. */
export interface DocumentChange {
  readonly name: string;
  readonly bytes: Buffer;
  /** What was read before the change, where anything was: a store without transactions may have to put it back. */
  readonly previous?: Buffer | undefined;
  readonly expected: Expectation;
  /** Seconds until the store may forget the document; absent for never. */
  readonly ttlSeconds: number | undefined;
}

/** Where documents are kept: the little that the command engine needs of a state store. */
export interface Documents {
  /** Type of the store, for messages: `state.sqlite`. */
  readonly storeType: string;
  /** Whether several changes of one `write` are made together or not at all. */
  readonly atomic: boolean;
  /** Whether changes that do not depend on each other are better made in one `write` than one by one. */
  readonly bundles: boolean;
  /** Whether the documents of one `read` are as they were at one moment. */
  readonly snapshots: boolean;
  /** The ETag that a document has after a change that expected `expected`, where the store's ETags can be foretold. */
  etagAfter?(expected: Expectation): string | undefined;
  /** Where documents lie that can be worked on without a call for each; asked anew for each use. Absent, or `undefined`, if they cannot. */
  places?(): StatePlaces | undefined;
  /** Reads documents; absent ones are left out. */
  read(names: readonly string[]): Promise<ReadonlyMap<string, StoredDocument>>;
  /**
   * Makes changes. Resolves with `false` if an expectation is not met: then nothing is changed, unless several were given
   * to a store that is not `atomic`, of which those are made whose expectation was met.
   */
  write(changes: readonly DocumentChange[]): Promise<boolean>;
}

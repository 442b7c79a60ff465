/** A document as a store gives it. */
export interface StoredDocument {
  readonly bytes: Buffer;
  /** Names this version of the document. */
  readonly etag: string;
}

/** What must be in the store for a change to be made. */
type Expectation = { readonly etag: string } | "absent" | "anything";

/** A document to be stored. */
export interface DocumentChange {
  readonly name: string;
  readonly bytes: Buffer;
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
  /** Reads documents; absent ones are left out. */
  read(names: readonly string[]): Promise<ReadonlyMap<string, StoredDocument>>;
  /**
   * Makes changes: all or none if the store is `atomic`, else only one may be given, or several that expect `anything`.
   * Resolves with `false`, and nothing is changed, if an expectation is not met.
   */
  write(changes: readonly DocumentChange[]): Promise<boolean>;
}

import { decodeDocument } from "../documents/decode-document.js";
import type { Document, Entry } from "../documents/document.js";
import type { DocumentChange, StoredDocument } from "../documents/documents.js";
import { encodeDocument } from "../documents/encode-document.js";
import type { PartStore } from "../documents/parts/part-store.js";
import { ttlSeconds } from "../documents/time-to-live.js";
import { MissingDocuments } from "./missing-documents.js";
import { neutralRevision, nextRevision } from "./revision.js";

/** One document within a batch: as it was read, and as the batch's operations leave it. */
export class Slot {
  readonly #name: string;
  readonly #stored: StoredDocument | undefined;
  readonly #loaded: boolean;
  readonly #parts: PartStore;
  #document: Document | undefined;
  #changed = false;
  #required = false;

  /**
   * @param name - name of the document
   * @param found - what was read, nothing in it if the document is absent; `undefined` if it was not read: then it may only be
   * replaced
   * @param parts - where the parts of its value are
   */
  constructor(name: string, found: { readonly stored: StoredDocument | undefined } | undefined, parts: PartStore) {
    this.#name = name;
    this.#stored = found?.stored;
    this.#loaded = found !== undefined;
    this.#parts = parts;
  }

  /** What the key holds, whether expired or not. */
  get entry(): Entry | undefined {
    return this.#read()?.entry;
  }

  /** Whether what it holds is known. */
  get isRead(): boolean {
    return this.#loaded || this.#document !== undefined;
  }

  /** Names what the key holds for whoever watches it; empty if the store has nothing of it. */
  get revision(): string {
    return this.#read()?.revision ?? "";
  }

  /** Puts a value in the place of the old one, or removes the key. */
  replace(entry: Entry | undefined): void {
    this.#document = { revision: nextRevision(), entry };
    this.#changed = true;
  }

  /** Makes the commit fail if the document is not as it was read, though nothing changes it. */
  require(): void {
    this.#required = true;
  }

  /** What has to be written, if anything. */
  change(now: number): DocumentChange | undefined {
    if (!this.#changed && !this.#required) return undefined;
    const document = this.#read() ?? { revision: neutralRevision, entry: undefined };
    const expected = !this.#loaded ? "anything" : this.#stored === undefined ? "absent" : { etag: this.#stored.etag };
    return {
      name: this.#name,
      bytes: encodeDocument(document),
      previous: this.#stored?.bytes,
      expected,
      ttlSeconds: ttlSeconds(this.#name, document, now),
    };
  }

  #read(): Document | undefined {
    if (this.#document === undefined && !this.#loaded) throw MissingDocuments.of([this.#name]);
    if (this.#document === undefined && this.#stored !== undefined) {
      this.#document = decodeDocument(this.#stored.bytes, this.#parts);
    }
    return this.#document;
  }
}

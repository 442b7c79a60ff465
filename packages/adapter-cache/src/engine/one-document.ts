import type { BusMessage } from "../channels/bus.js";
import type { Entry } from "../documents/document.js";
import { defaultSplitLimits } from "../documents/parts/part-store.js";
import type { KeyedDocuments } from "./keyed-documents.js";
import { MissingDocuments } from "./missing-documents.js";

/** One document for one command that looks at no other. */
export class OneDocument implements KeyedDocuments {
  /** Whoever puts it here has seen to it that its value does not become too large for one document. */
  readonly splits = false;
  readonly limits = defaultSplitLimits;
  readonly eager = false;
  #name = "";
  #entry: Entry | undefined;
  #isChanged = false;

  /** Takes another document in the place of the last. */
  put(name: string, entry: Entry | undefined): void {
    this.#name = name;
    this.#entry = entry;
    this.#isChanged = false;
  }

  /** Whether it was replaced. */
  get isChanged(): boolean {
    return this.#isChanged;
  }

  /** What it holds by now. */
  get current(): Entry | undefined {
    return this.#entry;
  }

  get names(): Iterable<string> {
    return [this.#name];
  }

  entry(name: string): Entry | undefined {
    if (name !== this.#name) throw MissingDocuments.of([name]);
    return this.#entry;
  }

  replace(name: string, entry: Entry | undefined): void {
    if (name !== this.#name) throw MissingDocuments.of([name]);
    this.#entry = entry;
    this.#isChanged = true;
  }

  isRead(name: string): boolean {
    return name === this.#name;
  }

  create(name: string): void {
    throw MissingDocuments.of([name]);
  }

  read(name: string): never {
    throw MissingDocuments.of([name]);
  }

  gather(names: readonly string[]): void {
    throw MissingDocuments.of(names);
  }

  write(name: string): void {
    throw MissingDocuments.of([name]);
  }

  publish({ channel }: BusMessage): number {
    throw MissingDocuments.of([channel]);
  }
}

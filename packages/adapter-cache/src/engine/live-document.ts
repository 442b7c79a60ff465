import type { LiveValue } from "@mecha/spec";
import { decodeDocument } from "../documents/decode-document.js";
import type { Document, Entry } from "../documents/document.js";
import { documentVersion, markOf, markOfEndingFields } from "../documents/document-format.js";
import { encodeDocument } from "../documents/encode-document.js";
import { memberOverhead, type Weight } from "../documents/parts/member-weight.js";
import type { SplitLimits } from "../documents/parts/part-store.js";
import { weigh } from "../documents/parts/split-values.js";
import { nextRevision } from "./revision.js";

/** Up to how many bytes a string is worked on where it lies. */
const maxStringBytes = 64 * 1024;

/** The types of documents that are worked on where they lie: those of keys, in one piece. */
const wholeMarks: ReadonlySet<number> = new Set([
  markOf.none,
  markOf.string,
  markOf.hash,
  markOf.list,
  markOf.set,
  markOf.zset,
  markOfEndingFields,
]);

/** A document that lies decoded in a store, and is changed there. */
export class LiveDocument implements Document, LiveValue {
  #entry: Entry | undefined;
  #revision: string | undefined;
  /** At least what the value weighs. */
  #weight: Weight | undefined;

  constructor(entry: Entry | undefined, revision?: string) {
    this.#entry = entry;
    this.#revision = revision;
  }

  /** Reads stored bytes; `undefined` for a value in parts, and for what is no document of a key. */
  static of(bytes: Uint8Array): LiveDocument | undefined {
    const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes);
    // Others may lie here for a moment: those that a large change holds.
    if (buffer[0] !== documentVersion || !wholeMarks.has(buffer[1] ?? 0)) return undefined;
    const { entry, revision } = decodeDocument(buffer);
    return new LiveDocument(entry, revision);
  }

  get entry(): Entry | undefined {
    return this.#entry;
  }

  /** Made when somebody first looks: nobody can have seen another since the last change. */
  get revision(): string {
    return (this.#revision ??= nextRevision());
  }

  /** Says what the document holds from now on. */
  replace(entry: Entry | undefined): void {
    if (entry?.value !== this.#entry?.value) this.#weight = undefined;
    this.#entry = entry;
    this.#revision = undefined;
  }

  /** Notes that so many members, of so many bytes together, may just have been added. */
  grow(count: number, bytes: number): void {
    if (this.#weight === undefined) return;
    this.#weight.count += count;
    this.#weight.bytes += bytes + count * memberOverhead;
  }

  /** Whether the value surely stays in one piece if so many members, of so many bytes together, are added. */
  hasRoomFor(count: number, bytes: number, limits: SplitLimits): boolean {
    const value = this.#entry?.value;
    const fits = (weight: Weight): boolean =>
      weight.count + count <= limits.wholeMembers && weight.bytes + bytes + count * memberOverhead <= limits.wholeBytes;
    if (value === undefined) return fits({ count: 0, bytes: 0 });
    if (value.type === "string") return value.bytes.length + bytes <= maxStringBytes;
    // What was added may have replaced something.
    return (this.#weight !== undefined && fits(this.#weight)) || fits((this.#weight = weigh(value)));
  }

  toBytes(): Buffer {
    return encodeDocument(this);
  }
}

import { MechaError } from "@mecha/spec";
import type { Value } from "../document.js";
import type { DocumentWriter } from "../document-writer.js";

/** Up to which size a value stays one document, and how large its parts are. */
export interface SplitLimits {
  /** How many members a value has at most that is one document. */
  readonly wholeMembers: number;
  /** How many bytes they have at most, about. */
  readonly wholeBytes: number;
  /** How many members one part of a hash or set has on average. */
  readonly bucketMembers: number;
  /** How many items one part of a list or of the order of a sorted set has, as long as there are few parts. */
  readonly chunkItems: number;
  /** How many bytes a part has at most, about, if it has more than one member. */
  readonly partBytes: number;
}

/** Parts that are quick to read and write, and few enough to be read all at once. */
export const defaultSplitLimits: SplitLimits = {
  wholeMembers: 128,
  wholeBytes: 16 * 1024,
  bucketMembers: 48,
  chunkItems: 128,
  partBytes: 16 * 1024,
};

/** The parts of values, while commands run. */
export interface PartStore {
  readonly limits: SplitLimits;
  /** Whether parts were asked for so often already that all of a value are better read at once. */
  readonly eager: boolean;
  /** What a part holds; `undefined` if there is no such document. Throws `MissingDocuments` if it was not read. */
  read(name: string): Value | undefined;
  /** Has several parts read at once that are not here yet. Throws `MissingDocuments`. */
  gather(names: readonly string[]): void;
  /** Stores a part, which ends when its value does at the earliest; without a value it is removed. */
  write(name: string, value: Value | undefined, expireAtMs: number | undefined): void;
}

/** Some members of a value, and where to go on. */
export interface MemberPage {
  readonly members: readonly string[];
  /** The position after them; 0 if they are the last. */
  readonly next: number;
}

/** What a value that is kept in several documents can do besides. */
export interface SplitParts {
  /** Whether it is so small that it should be one document again. */
  readonly isSmall: boolean;
  /** The names of its parts. */
  names(): readonly string[];
  /** Writes what the value's own document holds. */
  write(writer: DocumentWriter): void;
  /** The value in one piece. */
  join(): Value;
  /**
   * Members from a position on, about as many as asked for, where they have positions: a member never changes its own.
   *
   * @param position - 0 to begin with, then the `next` of the page before
   */
  page?(position: number, count: number): MemberPage;
  /**
   * Has the parts written that were changed, all of them if they would end too early.
   *
   * @param expireAtMs - when the key ends
   * @param now - milliseconds since 1970
   */
  save(expireAtMs: number | undefined, now: number): void;
}

/** For who looks at the document of a value only, and not at what is in its parts. */
export const noParts: PartStore = {
  limits: defaultSplitLimits,
  eager: false,
  read: refuse,
  gather: refuse,
  write: refuse,
};

function refuse(): never {
  throw new MechaError("INTERNAL", "The parts of a value in the cache are not at hand here");
}

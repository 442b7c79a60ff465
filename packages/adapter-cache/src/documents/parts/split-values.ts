import type { Value } from "../document.js";
import { markOfSplit } from "../document-format.js";
import type { DocumentReader } from "../document-reader.js";
import type { DocumentWriter } from "../document-writer.js";
import type { Scored } from "../members.js";
import { memberOverhead, type Weight } from "./member-weight.js";
import type { PartStore, SplitLimits, SplitParts } from "./part-store.js";
import { SplitHash } from "./split-hash.js";
import { SplitList } from "./split-list.js";
import { SplitSet } from "./split-set.js";
import { SplitSortedSet } from "./split-sorted-set.js";

/** The parts of a value; `undefined` if it is one document. */
export function splitOf(value: Value): SplitParts | undefined {
  return "split" in value ? value.split : undefined;
}

/** Writes the document of a value that is in parts; says whether it is. */
export function writeSplit(writer: DocumentWriter, value: Value): boolean {
  const split = splitOf(value);
  if (split === undefined) return false;
  split.write(writer);
  return true;
}

/** Reads the document of a value that is in parts; `undefined` if this type is none. */
export function readSplit(mark: number, reader: DocumentReader, parts: PartStore): Value | undefined {
  switch (mark) {
    case markOfSplit.hash:
      return SplitHash.read(reader, parts).value;
    case markOfSplit.list:
      return SplitList.read(reader, parts).value;
    case markOfSplit.set:
      return SplitSet.read(reader, parts).value;
    case markOfSplit.zset:
      return SplitSortedSet.read(reader, parts).value;
    default:
      return undefined;
  }
}

/** Makes parts of a value that has become large; `undefined` if it should stay one document. */
export function splitIfLarge(value: Value, parts: PartStore, createId: () => string): Value | undefined {
  if (splitOf(value) !== undefined || !isLarge(weigh(value), parts.limits)) return undefined;
  switch (value.type) {
    case "hash":
      return SplitHash.of(value, createId(), parts).value;
    case "list":
      return SplitList.of(value, createId(), parts).value;
    case "set":
      return SplitSet.of(value, createId(), parts).value;
    case "zset":
      return SplitSortedSet.of(sortScores(value.scores), createId(), parts).value;
    default:
      return undefined;
  }
}

/** Members by score, and by bytes where scores are equal. */
export function sortScores(scores: Iterable<Scored>): Scored[] {
  return [...scores].sort(byScore);
}

// Latin1 text compares as its bytes do. Infinities of one sign are equal, though their difference is no number.
function byScore([leftMember, left]: Scored, [rightMember, right]: Scored): number {
  if (left !== right) return left < right ? -1 : 1;
  return leftMember < rightMember ? -1 : leftMember > rightMember ? 1 : 0;
}

function isLarge({ count, bytes }: Weight, limits: SplitLimits): boolean {
  return count > limits.wholeMembers || (count > 1 && bytes > limits.wholeBytes);
}

/** How many members a value in one piece has, and about how many bytes; nothing of a string. */
export function weigh(value: Value): Weight {
  const weight = { count: 0, bytes: 0 };
  const add = (bytes: number): void => {
    weight.count++;
    weight.bytes += bytes + memberOverhead;
  };
  if (value.type === "hash") for (const [field, { length }] of value.fields) add(field.length + length);
  else if (value.type === "list") for (const { length } of value.items) add(length);
  else if (value.type === "set") for (const { length } of value.members) add(length);
  else if (value.type === "zset") for (const { length } of value.scores.keys()) add(length);
  return weight;
}

import type { Value } from "../../documents/document.js";
import type { MemberSet } from "../../documents/members.js";
import { parseInteger } from "../../numbers/integer.js";

/** Up to how many entries, and bytes of each, Redis 7.0 keeps a container in its small form, by default. */
const small = { hash: 512, zset: 128, set: 512, bytes: 64 };

/** Up to how many bytes a string is kept in one piece with its header. */
const embeddedBytes = 44;

/**
 * The name that OBJECT ENCODING gives for a value: what Redis 7.0 with its defaults would have made of it at once. What a
 * value was before, which may show in Redis, is not known here.
 */
export function encodingOf(value: Value): string {
  if (value.type === "string") {
    if (parseInteger(value.bytes) !== undefined) return "int";
    return value.bytes.length <= embeddedBytes ? "embstr" : "raw";
  }
  if (value.type === "hash") {
    return value.fields.size <= small.hash && areSmall([...value.fields].flat()) ? "listpack" : "hashtable";
  }
  if (value.type === "zset") {
    return isSmallSortedSet(value.scores.size, value.scores.keys()) ? "listpack" : "skiplist";
  }
  if (value.type === "set") return isIntegers(value.members) ? "intset" : "hashtable";
  const onlyEncodings: Partial<Record<string, string>> = { list: "quicklist" };
  return onlyEncodings[value.type] ?? value.type;
}

/** Whether Redis keeps a sorted set of such members in its small form. */
export function isSmallSortedSet(size: number, members: Iterable<string>): boolean {
  return size <= small.zset && areSmall([...members]);
}

function areSmall(parts: readonly (string | Buffer)[]): boolean {
  return parts.every(({ length }) => length <= small.bytes);
}

function isIntegers(members: MemberSet): boolean {
  return (
    members.size <= small.set &&
    [...members].every((member) => parseInteger(Buffer.from(member, "latin1")) !== undefined)
  );
}

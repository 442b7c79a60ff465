import type { Value } from "../../documents/document.js";
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
  if (value.type === "hash") return areSmall([...value.fields].flat(), small.hash * 2) ? "listpack" : "hashtable";
  if (value.type === "zset") return areSmall([...value.scores.keys()], small.zset) ? "listpack" : "skiplist";
  if (value.type === "set") return isIntegers(value.members) ? "intset" : "hashtable";
  const onlyEncodings: Partial<Record<string, string>> = { list: "quicklist" };
  return onlyEncodings[value.type] ?? value.type;
}

function areSmall(parts: readonly (string | Buffer)[], count: number): boolean {
  return parts.length <= count && parts.every(({ length }) => length <= small.bytes);
}

function isIntegers(members: ReadonlySet<string>): boolean {
  return (
    members.size <= small.set &&
    [...members].every((member) => parseInteger(Buffer.from(member, "latin1")) !== undefined)
  );
}

import { decodeDocument } from "./decode-document.js";
import type { Value } from "./document.js";
import { revisionBytes } from "./document-format.js";
import { splitOf } from "./parts/split-values.js";
import { encodeDocument } from "./encode-document.js";

/** A value that shares nothing with another that may be changed. */
export function copyOf(value: Value): Value {
  if (value.type === "string") return value;
  const split = splitOf(value);
  if (split !== undefined) return split.join();
  const revision = "\0".repeat(revisionBytes);
  return decodeDocument(encodeDocument({ revision, entry: { value, expireAtMs: undefined } })).entry?.value ?? value;
}

import { formatGeneral } from "../format-number.js";
import { LuaError, luaNull, luaOther, type LuaTable, type LuaValue } from "../lua-value.js";

/** How `cjson` writes. */
export interface JsonWriting {
  readonly maxDepth: number;
  readonly precision: number;
}

/** Up to which index a table may have gaps and still be an array, and how many times fewer items than that it may have. */
const sparse = { safe: 10, ratio: 2 };

const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "/": "\\/",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\x7f": "\\u007f",
};

/** Writes a value as `cjson.encode` does; text is latin1, for its bytes. */
export function writeJson(value: LuaValue, options: JsonWriting, depth = 0): string {
  if (value === null || value === luaNull) return "null";
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number") return writeNumber(value, options);
  if (Buffer.isBuffer(value)) return quote(value.toString("latin1"));
  if (value === luaOther) throw new LuaError("Cannot serialise function: type not supported");
  if (depth >= options.maxDepth) throw new LuaError(`Cannot serialise, excessive depth (${String(depth + 1)})`);
  const length = arrayLength(value);
  if (length > 0) return writeArray(value, length, (item) => writeJson(item, options, depth + 1));
  const fields = value.entries.map(([key, item]) => `${writeKey(key, options)}:${writeJson(item, options, depth + 1)}`);
  return `{${fields.join(",")}}`;
}

function writeArray({ entries }: LuaTable, length: number, write: (item: LuaValue) => string): string {
  const items = new Map(entries);
  const texts = Array.from({ length }, (_, index) => write(items.get(index + 1) ?? null));
  return `[${texts.join(",")}]`;
}

/** The highest index of a table that is an array; -1 if it is none. */
function arrayLength({ entries }: LuaTable): number {
  let max = 0;
  for (const [key] of entries) {
    if (typeof key !== "number" || key <= 0 || !Number.isInteger(key)) return -1;
    max = Math.max(max, key);
  }
  if (max > entries.length * sparse.ratio && max > sparse.safe)
    throw new LuaError("Cannot serialise table: excessively sparse array");
  return max;
}

function writeKey(key: LuaValue, options: JsonWriting): string {
  if (Buffer.isBuffer(key)) return quote(key.toString("latin1"));
  if (typeof key === "number") return `"${writeNumber(key, options)}"`;
  throw new LuaError("Cannot serialise table: table key must be a number or string");
}

function writeNumber(value: number, { precision }: JsonWriting): string {
  if (!Number.isFinite(value)) throw new LuaError("Cannot serialise number: must not be NaN or Inf");
  return formatGeneral(value, precision);
}

function quote(text: string): string {
  // All but quotes, slashes and control characters stays as it is, bytes beyond ASCII included.
  const escaped = text.replace(/[^ !#-.0-[\]-~\u0080-\u00ff]/g, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, "0");
    return escapes[character] ?? `\\u${code}`;
  });
  return `"${escaped}"`;
}

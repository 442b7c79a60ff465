import type { HostFunction } from "../lua-machine.js";
import { LuaError, type LuaValue } from "../lua-value.js";

/** One item of a format. */
interface Item {
  readonly kind: "integer" | "unsigned" | "float" | "double" | "chars" | "text" | "pad";
  readonly size: number;
  readonly littleEndian: boolean;
  /** Bytes before it, so that it begins where its size divides. */
  readonly align: number;
}

const integerSizes: Readonly<Record<string, number>> = { b: 1, h: 2, l: 8, T: 8, i: 4 };

/** Reads a format: `>`, `<`, `=`, `!n`, and the letters of items with their sizes. */
function* items(format: string, name: string): Generator<Item> {
  let littleEndian = true;
  let align = 1;
  for (let at = 0; at < format.length; ) {
    const letter = format.charAt(at++);
    const digits = /^\d+/.exec(format.slice(at))?.[0] ?? "";
    const takesSize = "iIc!".includes(letter);
    if (takesSize) at += digits.length;
    const given = digits === "" || !takesSize ? undefined : Number(digits);
    const lower = letter.toLowerCase();
    if (letter === " ") continue;
    else if (letter === ">") littleEndian = false;
    else if (letter === "<" || letter === "=") littleEndian = true;
    else if (letter === "!") align = given ?? 8;
    else if (letter === "x") yield { kind: "pad", size: 1, littleEndian, align: 1 };
    else if (letter === "s") yield { kind: "text", size: 0, littleEndian, align: 1 };
    else if (letter === "c") yield { kind: "chars", size: given ?? 1, littleEndian, align: 1 };
    else if (letter === "f") yield { kind: "float", size: 4, littleEndian, align: Math.min(align, 4) };
    else if (letter === "d" || letter === "n")
      yield { kind: "double", size: 8, littleEndian, align: Math.min(align, 8) };
    else {
      const size = given ?? integerSizes[letter] ?? integerSizes[lower];
      if (size === undefined) throw new LuaError(`bad argument #1 to '${name}' (invalid format option '${letter}')`);
      if (size > 32) throw new LuaError(`integral size ${String(size)} is larger than limit of 32`);
      const kind = letter === lower && letter !== "T" ? "integer" : "unsigned";
      yield { kind, size, littleEndian, align: Math.min(align, size) };
    }
  }
}

function padding(position: number, { align }: Item): number {
  return align <= 1 ? 0 : (align - (position % align)) % align;
}

function packNumber(value: number, { kind, size, littleEndian }: Item): Buffer {
  const buffer = Buffer.alloc(size);
  if (kind === "float") buffer.writeFloatBE(value);
  else if (kind === "double") buffer.writeDoubleBE(value);
  else {
    const bits = BigInt.asUintN(size * 8, BigInt(Number.isFinite(value) ? Math.trunc(value) : 0));
    buffer.write(bits.toString(16).padStart(size * 2, "0"), "hex");
  }
  return littleEndian ? buffer.reverse() : buffer;
}

function unpackNumber(bytes: Buffer, { kind, size, littleEndian }: Item): number {
  const ordered = littleEndian ? Buffer.from(bytes).reverse() : bytes;
  if (kind === "float") return ordered.readFloatBE();
  if (kind === "double") return ordered.readDoubleBE();
  const value = BigInt(`0x${ordered.toString("hex")}`);
  return Number(kind === "integer" ? BigInt.asIntN(size * 8, value) : value);
}

function textOf(args: readonly LuaValue[], index: number, name: string): Buffer {
  const value = args[index];
  if (Buffer.isBuffer(value)) return value;
  if (typeof value === "number") return Buffer.from(String(value));
  throw new LuaError(`bad argument #${String(index + 1)} to '${name}' (string expected, got no value)`);
}

function pack(args: readonly LuaValue[]): readonly LuaValue[] {
  const parts: Buffer[] = [];
  let [position, next] = [0, 1];
  const add = (part: Buffer): void => {
    parts.push(part);
    position += part.length;
  };
  for (const item of items(textOf(args, 0, "pack").toString("latin1"), "pack")) {
    add(Buffer.alloc(padding(position, item)));
    if (item.kind === "pad") add(Buffer.alloc(1));
    else if (item.kind === "text") add(Buffer.concat([textOf(args, next++, "pack"), Buffer.alloc(1)]));
    else if (item.kind === "chars") {
      const text = textOf(args, next++, "pack");
      const size = item.size === 0 ? text.length : item.size;
      if (text.length < size) throw new LuaError(`bad argument #${String(next)} to 'pack' (string too short)`);
      add(text.subarray(0, size));
    } else {
      const arg = args[next++];
      const value = Buffer.isBuffer(arg) ? Number(arg.toString("latin1")) : arg;
      if (typeof value !== "number")
        throw new LuaError(`bad argument #${String(next)} to 'pack' (number expected, got no value)`);
      add(packNumber(value, item));
    }
  }
  return [Buffer.concat(parts)];
}

function unpack(args: readonly LuaValue[]): readonly LuaValue[] {
  const data = textOf(args, 1, "unpack");
  let position = (typeof args[2] === "number" ? args[2] : 1) - 1;
  if (position < 0) throw new LuaError("bad argument #3 to 'unpack' (offset must be 1 or greater)");
  const values: LuaValue[] = [];
  const take = (size: number): Buffer => {
    if (position + size > data.length) throw new LuaError("bad argument #2 to 'unpack' (data string too short)");
    position += size;
    return data.subarray(position - size, position);
  };
  for (const item of items(textOf(args, 0, "unpack").toString("latin1"), "unpack")) {
    take(padding(position, item));
    if (item.kind === "pad") take(1);
    else if (item.kind === "text") {
      const end = data.indexOf(0, position);
      if (end < 0) throw new LuaError("bad argument #2 to 'unpack' (unfinished string in data)");
      values.push(take(end - position));
      take(1);
    } else if (item.kind === "chars") {
      // `c0` takes its size from the number before it.
      const size = item.size === 0 ? values.pop() : item.size;
      if (typeof size !== "number") throw new LuaError("format 'c0' needs a previous size");
      values.push(take(size));
    } else values.push(unpackNumber(take(item.size), item));
  }
  return [...values, position + 1];
}

function size(args: readonly LuaValue[]): readonly LuaValue[] {
  let position = 0;
  for (const item of items(textOf(args, 0, "size").toString("latin1"), "size")) {
    if (item.kind === "text") throw new LuaError("bad argument #1 to 'size' (variable-size format in 'size')");
    if (item.kind === "chars" && item.size === 0)
      throw new LuaError("bad argument #1 to 'size' (variable-length format in 'size')");
    position += padding(position, item) + item.size;
  }
  return [position];
}

/** The library `struct`. */
export const structLibrary: Readonly<Record<string, HostFunction>> = { pack, unpack, size };

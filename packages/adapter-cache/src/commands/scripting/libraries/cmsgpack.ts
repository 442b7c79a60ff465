import type { HostFunction } from "../lua-machine.js";
import { LuaError, luaNull, luaOther, LuaTable, type LuaValue } from "../lua-value.js";

/** How deep tables may be within tables; what is deeper is packed as nil. */
const maxDepth = 16;

/** Packs a value as Redis's `cmsgpack` does. */
function pack(value: LuaValue, depth: number): Buffer {
  if (value === null || value === luaNull || value === luaOther) return Buffer.from([0xc0]);
  if (typeof value === "boolean") return Buffer.from([value ? 0xc3 : 0xc2]);
  if (typeof value === "number") return packNumber(value);
  if (Buffer.isBuffer(value)) return packBytes(value);
  if (depth >= maxDepth) return Buffer.from([0xc0]);
  const isArray = isList(value);
  const head = packSize(value.entries.length, isArray ? [0x90, 0xdc] : [0x80, 0xde]);
  const items = new Map(value.entries);
  const parts = isArray
    ? value.entries.map((_, index) => pack(items.get(index + 1) ?? null, depth + 1))
    : value.entries.flatMap(([key, item]) => [pack(key, depth + 1), pack(item, depth + 1)]);
  return Buffer.concat([head, ...parts]);
}

/** Whether the keys are 1 to the number of items. */
function isList({ entries }: LuaTable): boolean {
  return entries.every(([key]) => typeof key === "number" && Number.isInteger(key) && key > 0 && key <= entries.length);
}

function packSize(size: number, [small, medium]: readonly [number, number]): Buffer {
  if (size < 16) return Buffer.from([small | size]);
  const head = Buffer.alloc(size < 65_536 ? 3 : 5);
  if (head.length === 3) head.writeUInt16BE(size, 1);
  else head.writeUInt32BE(size, 1);
  head[0] = head.length === 3 ? medium : medium + 1;
  return head;
}

function packBytes(bytes: Buffer): Buffer {
  const { length } = bytes;
  if (length < 32) return Buffer.concat([Buffer.from([0xa0 | length]), bytes]);
  if (length < 256) return Buffer.concat([Buffer.from([0xd9, length]), bytes]);
  return Buffer.concat([packSize(length, [0, 0xda]), bytes]);
}

function packNumber(value: number): Buffer {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 63) return packInteger(BigInt(value));
  const single = Math.fround(value) === value;
  const buffer = Buffer.alloc(single ? 5 : 9);
  buffer[0] = single ? 0xca : 0xcb;
  if (single) buffer.writeFloatBE(value, 1);
  else buffer.writeDoubleBE(value, 1);
  return buffer;
}

function packInteger(value: bigint): Buffer {
  if (value >= 0n && value < 128n) return Buffer.from([Number(value)]);
  if (value < 0n && value >= -32n) return Buffer.from([Number(value) & 0xff]);
  const bits =
    [8, 16, 32].find((size) => (value < 0n ? value >= -(2n ** BigInt(size - 1)) : value < 2n ** BigInt(size))) ?? 64;
  const buffer = Buffer.alloc(9);
  buffer.writeBigUInt64BE(BigInt.asUintN(64, value), 1);
  const first = (value < 0n ? 0xd0 : 0xcc) + Math.log2(bits / 8);
  return Buffer.concat([Buffer.from([first]), buffer.subarray(9 - bits / 8)]);
}

/** Reads values one after the other. */
class Unpacker {
  position = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer, position: number) {
    this.#bytes = bytes;
    this.position = position;
  }

  get done(): boolean {
    return this.position >= this.#bytes.length;
  }

  next(): LuaValue {
    const first = this.#take(1)[0] ?? 0;
    if (first < 0x80) return first;
    if (first >= 0xe0) return first - 256;
    if (first >= 0xa0 && first < 0xc0) return Buffer.from(this.#take(first & 0x1f));
    if (first >= 0x90 && first < 0xa0) return this.#array(first & 0x0f);
    if (first < 0x90) return this.#map(first & 0x0f);
    return this.#marked(first);
  }

  #marked(mark: number): LuaValue {
    switch (mark) {
      case 0xc0:
        return null;
      case 0xc2:
      case 0xc3:
        return mark === 0xc3;
      case 0xca:
        return this.#take(4).readFloatBE();
      case 0xcb:
        return this.#take(8).readDoubleBE();
      case 0xcc:
      case 0xcd:
      case 0xce:
      case 0xcf:
        return this.#unsigned(2 ** (mark - 0xcc));
      case 0xd0:
      case 0xd1:
      case 0xd2:
      case 0xd3: {
        const bytes = 2 ** (mark - 0xd0);
        return Number(BigInt.asIntN(bytes * 8, BigInt(`0x${this.#take(bytes).toString("hex")}`)));
      }
      case 0xc4:
      case 0xd9:
        return Buffer.from(this.#take(this.#unsigned(1)));
      case 0xc5:
      case 0xda:
        return Buffer.from(this.#take(this.#unsigned(2)));
      case 0xc6:
      case 0xdb:
        return Buffer.from(this.#take(this.#unsigned(4)));
      case 0xdc:
      case 0xdd:
        return this.#array(this.#unsigned(mark === 0xdc ? 2 : 4));
      case 0xde:
      case 0xdf:
        return this.#map(this.#unsigned(mark === 0xde ? 2 : 4));
      default:
        throw new LuaError("Bad data format in input.");
    }
  }

  #array(size: number): LuaTable {
    this.#expect(size);
    return LuaTable.of(Array.from({ length: size }, () => this.next()));
  }

  #map(size: number): LuaTable {
    this.#expect(size * 2);
    return new LuaTable(Array.from({ length: size }, (): [LuaValue, LuaValue] => [this.next(), this.next()]));
  }

  #unsigned(bytes: number): number {
    return Number(BigInt(`0x${this.#take(bytes).toString("hex")}`));
  }

  /** Every item takes a byte at least: a size beyond that would only take memory. */
  #expect(bytes: number): void {
    if (this.position + bytes > this.#bytes.length) throw new LuaError("Missing bytes in input.");
  }

  #take(bytes: number): Buffer {
    this.#expect(bytes);
    this.position += bytes;
    return this.#bytes.subarray(this.position - bytes, this.position);
  }
}

function unpackFrom(args: readonly LuaValue[], limit: number, start: number): readonly LuaValue[] {
  const [bytes] = args;
  if (!Buffer.isBuffer(bytes)) throw new LuaError("bad argument #1 to 'unpack' (string expected, got no value)");
  if (start < 0 || limit < 0) throw new LuaError("Invalid request to unpack with offset or limit.");
  if (start > bytes.length)
    throw new LuaError(`Start offset ${String(start)} greater than input length ${String(bytes.length)}.`);
  const unpacker = new Unpacker(bytes, start);
  const values: LuaValue[] = [];
  while (!unpacker.done && (limit === 0 || values.length < limit)) values.push(unpacker.next());
  if (limit === 0) return values;
  return [unpacker.done ? -1 : unpacker.position, ...values];
}

const numberAt = (args: readonly LuaValue[], index: number, otherwise: number): number =>
  typeof args[index] === "number" ? args[index] : otherwise;

/** The library `cmsgpack`. */
export const messagePackLibrary: Readonly<Record<string, HostFunction>> = {
  pack(args) {
    if (args.length === 0) throw new LuaError("bad argument #0 to 'pack' (MessagePack pack needs input.)");
    return [Buffer.concat(args.map((arg) => pack(arg, 0)))];
  },
  unpack: (args) => unpackFrom(args, 0, 0),
  unpack_one: (args) => unpackFrom(args, 1, numberAt(args, 1, 0)),
  unpack_limit: (args) => unpackFrom(args, numberAt(args, 1, 0), numberAt(args, 2, 0)),
};

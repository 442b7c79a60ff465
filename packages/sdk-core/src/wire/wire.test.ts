import * as reference from "@bufbuild/protobuf/wire";
import { describe, expect, test } from "vitest";
import { BinaryReader, BinaryWriter } from "./index.js";

/** Protobuf's own runtime says what is right. */
type Writer = BinaryWriter | reference.BinaryWriter;

const numbers = [0, 1, 127, 128, 16383, 16384, 2 ** 21 - 1, 2 ** 21, 2 ** 28 - 1, 2 ** 28, 2 ** 31 - 1];
const texts = [
  "",
  "a",
  "x".repeat(24),
  "é".repeat(12),
  "x".repeat(25),
  "日本語",
  "😀 and more",
  "y".repeat(300),
  "\ud800",
  "\ufeffbom",
];
const bigs = [
  0n,
  1n,
  127n,
  128n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 35n,
  2n ** 56n,
  2n ** 62n,
  2n ** 63n - 1n,
];

function writeAll(writer: Writer): Uint8Array {
  for (const value of [...numbers, 2 ** 32 - 1]) writer.uint32(value);
  for (const value of [...numbers, -1, -128, -(2 ** 31)]) writer.int32(value);
  for (const value of [...bigs, -1n, -(2n ** 32n), -(2n ** 63n)]) writer.int64(value);
  for (const value of [...bigs, 2n ** 63n, 2n ** 64n - 1n]) writer.uint64(value);
  writer.bool(true).bool(false);
  for (const value of [0, -0, 1.5, Number.MAX_VALUE, Number.POSITIVE_INFINITY, Number.NaN]) writer.double(value);
  for (const value of texts) writer.string(value);
  for (const size of [0, 1, 127, 128, 5000]) writer.bytes(new Uint8Array(size).fill(7));
  return writer.finish();
}

describe("what is written", () => {
  test("is byte for byte what protobuf's own runtime writes", () => {
    expect(Buffer.from(writeAll(new BinaryWriter()))).toEqual(Buffer.from(writeAll(new reference.BinaryWriter())));
  });

  test.each([0, 1, 120, 126, 127, 128, 129, 16_382, 16_384, 2_097_152])("nests parts of %i bytes", (size) => {
    const nest = (writer: Writer): Buffer => {
      const outer = writer.uint32(10).fork().uint32(18).fork();
      return Buffer.from(outer.bytes(Buffer.alloc(size, 1)).join().string("after").join().bool(true).finish());
    };
    expect(nest(new BinaryWriter()).equals(nest(new reference.BinaryWriter()))).toBe(true);
  });

  test("keeps what was finished when more is written", () => {
    const writer = new BinaryWriter();
    const first = writer.string("first").finish();
    writer.string("other");
    expect(Buffer.from(first).toString("latin1")).toBe("\x05first");
    expect(Buffer.from(writer.finish()).toString("latin1")).toBe("\x05other");
  });

  test.each([
    ["a negative uint32", (writer: BinaryWriter) => writer.uint32(-1)],
    ["a fraction", (writer: BinaryWriter) => writer.int32(1.5)],
    ["an int32 that is too large", (writer: BinaryWriter) => writer.int32(2 ** 31)],
    ["a number that is none", (writer: BinaryWriter) => writer.uint32(Number.NaN)],
    ["an int64 that is too large", (writer: BinaryWriter) => writer.int64(2n ** 63n)],
    ["a negative uint64", (writer: BinaryWriter) => writer.uint64(-1n)],
    ["the end of a part that never began", (writer: BinaryWriter) => writer.join()],
  ])("is never %s", (_, write) => {
    expect(() => write(new BinaryWriter())).toThrow(RangeError);
  });
});

describe("what is read", () => {
  test("is what protobuf's own runtime wrote", () => {
    const reader = new BinaryReader(writeAll(new reference.BinaryWriter()));
    for (const value of [...numbers, 2 ** 32 - 1]) expect(reader.uint32()).toBe(value);
    for (const value of [...numbers, -1, -128, -(2 ** 31)]) expect(reader.int32()).toBe(value);
    for (const value of [...bigs, -1n, -(2n ** 32n), -(2n ** 63n)]) expect(reader.int64()).toBe(value);
    for (const value of [...bigs, 2n ** 63n, 2n ** 64n - 1n]) expect(reader.uint64()).toBe(value);
    expect([reader.bool(), reader.bool()]).toEqual([true, false]);
    for (const value of [0, -0, 1.5, Number.MAX_VALUE, Number.POSITIVE_INFINITY, Number.NaN]) {
      expect(reader.double()).toBe(value);
    }
    for (const value of texts) expect(reader.string()).toBe(value === "\ud800" ? "\ufffd" : value);
    for (const size of [0, 1, 127, 128, 5000]) expect(reader.bytes()).toHaveLength(size);
    expect(reader.pos).toBe(reader.len);
  });

  test("skips every kind of value, groups in groups too", () => {
    const bytes = [
      0x08, 0x96, 0x01, 0x11, 1, 2, 3, 4, 5, 6, 7, 8, 0x1a, 2, 9, 9, 0x23, 0x2b, 0x08, 1, 0x2c, 0x24, 0x35, 1, 2, 3, 4,
    ];
    const reader = new BinaryReader(Uint8Array.from(bytes));
    const fields: number[] = [];
    while (reader.pos < reader.len) {
      const [field, wireType] = reader.tag();
      fields.push(field);
      reader.skip(wireType);
    }
    expect(fields).toEqual([1, 2, 3, 4, 6]);
  });

  test.each([
    ["a number that is cut off", [0x80], (reader: BinaryReader) => reader.uint32()],
    ["nothing", [], (reader: BinaryReader) => reader.uint32()],
    ["a number of eleven bytes", Array<number>(11).fill(0xff), (reader: BinaryReader) => reader.uint64()],
    ["text that is cut off", [5, 65], (reader: BinaryReader) => reader.string()],
    ["a length past all memory", [0xff, 0xff, 0xff, 0xff, 0x0f], (reader: BinaryReader) => reader.bytes()],
    ["a double that is cut off", [1, 2, 3], (reader: BinaryReader) => reader.double()],
    ["the tag of field 0", [0x02], (reader: BinaryReader) => reader.tag()],
    ["a wire type that is none", [1], (reader: BinaryReader) => reader.skip(6)],
    ["a group that never ends", [0x0b], (reader: BinaryReader) => reader.skip(3)],
    ["groups without end", Array<number>(5000).fill(0x0b), (reader: BinaryReader) => reader.skip(3)],
  ])("refuses %s", (_, bytes, read) => {
    expect(() => read(new BinaryReader(Uint8Array.from(bytes)))).toThrow(RangeError);
  });
});

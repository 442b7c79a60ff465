import type { Value } from "../../documents/document.js";
import { ItemArray } from "../../documents/list-items.js";
import { parseDouble } from "../../numbers/double.js";
import { ErrorReply } from "../../resp/reply.js";
import { crc64 } from "./crc64.js";
import { dumpVersion, footerBytes, forms } from "./dump-format.js";
import { DumpReader } from "./dump-reader.js";
import { readListpack } from "./listpack.js";
import { readStreamDump } from "./read-stream.js";

/** Reads what DUMP answered, here or in Redis. Throws `ErrorReply` as Redis does for what it cannot read. */
export function readDump(payload: Buffer): Value {
  const end = payload.length - footerBytes;
  const isRight =
    end >= 0 &&
    payload.readUInt16LE(end) <= dumpVersion &&
    payload.readBigUInt64LE(end + 2) === crc64(payload.subarray(0, end + 2));
  if (!isRight) throw new ErrorReply("ERR DUMP payload version or checksum are wrong");
  try {
    const reader = new DumpReader(payload.subarray(0, end));
    const value = readValue(reader.byte(), reader);
    if (reader.isDone && !isEmpty(value)) return value;
  } catch (error) {
    // Whatever reads beyond the end, or meets what it does not know.
    if (!(error instanceof RangeError || error instanceof SyntaxError)) throw error;
  }
  throw new ErrorReply("ERR Bad data format");
}

function readValue(form: number, reader: DumpReader): Value {
  switch (form) {
    case forms.string:
      return { type: "string", bytes: reader.text() };
    case forms.list:
      return { type: "list", items: new ItemArray(reader.texts(reader.length())) };
    case forms.quicklist:
      return { type: "list", items: new ItemArray(readQuicklist(reader)) };
    case forms.set:
      return setOf(reader.texts(reader.length()));
    case forms.intset:
      return setOf(readIntegers(reader.text()));
    case forms.hash:
      return hashOf(reader.texts(reader.length() * 2));
    case forms.hashListpack:
      return hashOf(readListpack(reader.text()));
    case forms.zset: {
      const count = reader.length();
      const scored = Array.from({ length: count }, (): [string, number] => [latin1(reader.text()), reader.double()]);
      return { type: "zset", scores: new Map(scored) };
    }
    case forms.zsetListpack: {
      const scored = pairsOf(readListpack(reader.text())).map(([member, score]): [string, number] => {
        return [latin1(member), parseDouble(score) ?? unknownForm()];
      });
      return { type: "zset", scores: new Map(scored) };
    }
    case forms.stream:
    case forms.streamBefore7:
      return readStreamDump(reader, form === forms.stream);
    default:
      return unknownForm();
  }
}

/** A list of parts: single items, or listpacks of several. */
function readQuicklist(reader: DumpReader): Buffer[] {
  const plain = 1;
  return Array.from({ length: reader.length() }, () => {
    const container = reader.length();
    const bytes = reader.text();
    return container === plain ? [bytes] : readListpack(bytes);
  }).flat();
}

/** Integers of 2, 4 or 8 bytes each, as their digits. */
function readIntegers(bytes: Buffer): Buffer[] {
  const [width, count] = [bytes.readUInt32LE(0), bytes.readUInt32LE(4)];
  if (![2, 4, 8].includes(width) || bytes.length !== 8 + width * count) unknownForm();
  return Array.from({ length: count }, (_, index) => {
    const at = 8 + index * width;
    return Buffer.from(String(width === 8 ? bytes.readBigInt64LE(at) : bytes.readIntLE(at, width)));
  });
}

function setOf(members: readonly Buffer[]): Value {
  return { type: "set", members: new Set(members.map(latin1)) };
}

function hashOf(entries: readonly Buffer[]): Value {
  return { type: "hash", fields: new Map(pairsOf(entries).map(([field, bytes]) => [latin1(field), bytes])) };
}

function pairsOf(entries: readonly Buffer[]): (readonly [Buffer, Buffer])[] {
  if (entries.length % 2 === 1) unknownForm();
  return entries.flatMap((entry, index) => {
    const next = entries[index + 1];
    return index % 2 === 0 && next !== undefined ? [[entry, next] as const] : [];
  });
}

function latin1(bytes: Buffer): string {
  return bytes.toString("latin1");
}

function isEmpty(value: Value): boolean {
  if (value.type === "list") return value.items.length === 0;
  if (value.type === "set") return value.members.size === 0;
  if (value.type === "hash") return value.fields.size === 0;
  return value.type === "zset" && value.scores.size === 0;
}

function unknownForm(): never {
  throw new RangeError("A dump has a form that is not known");
}

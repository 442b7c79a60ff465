import type { Value } from "../../documents/document.js";
import { ErrorReply } from "../../resp/reply.js";
import { crc64 } from "./crc64.js";
import { dumpVersion, forms } from "./dump-format.js";

/** Writes a value as DUMP answers it. Throws `ErrorReply` for what has no form in Redis 7.0, or none here. */
export function writeDump(value: Value): Buffer {
  const body = [Buffer.of(...markOf(value)), ...bodyOf(value)];
  const version = Buffer.alloc(2);
  version.writeUInt16LE(dumpVersion);
  const payload = Buffer.concat([...body, version]);
  const checksum = Buffer.alloc(8);
  checksum.writeBigUInt64LE(crc64(payload));
  return Buffer.concat([payload, checksum]);
}

function markOf({ type }: Value): readonly [number] {
  if (type === "stream" || type === "stream-part" || type === "packed-part") {
    throw new ErrorReply("ERR DUMP of a stream is not supported by Mecha: read it by XRANGE and write it by XADD");
  }
  return [forms[type]];
}

function bodyOf(value: Value): readonly Buffer[] {
  switch (value.type) {
    case "string":
      return text(value.bytes);
    case "list":
      return [length(value.items.length), ...[...value.items].flatMap(text)];
    case "set":
      return [length(value.members.size), ...[...value.members].flatMap((member) => text(toBytes(member)))];
    case "hash":
      if ((value.expiries?.size ?? 0) > 0) {
        throw new ErrorReply(
          "ERR DUMP of a hash whose fields end by themselves is not supported by Mecha: Redis 7.0 has no form for it",
        );
      }
      return [
        length(value.fields.size),
        ...[...value.fields].flatMap(([field, bytes]) => [...text(toBytes(field)), ...text(bytes)]),
      ];
    case "zset":
      return [
        length(value.scores.size),
        ...[...value.scores].flatMap(([member, score]) => [...text(toBytes(member)), double(score)]),
      ];
    default:
      return [];
  }
}

function text(bytes: Buffer): readonly [Buffer, Buffer] {
  return [length(bytes.length), bytes];
}

function toBytes(member: string): Buffer {
  return Buffer.from(member, "latin1");
}

function double(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

/** A length in as few bytes as it needs: the first two bits say how many. */
function length(value: number): Buffer {
  if (value < 1 << 6) return Buffer.of(value);
  if (value < 1 << 14) return Buffer.of(0x40 | (value >> 8), value & 0xff);
  const bytes = Buffer.alloc(5, 0x80);
  bytes.writeUInt32BE(value, 1);
  return bytes;
}

import { MechaError } from "@mecha/spec";
import type { Value } from "../../documents/document.js";
import { ErrorReply } from "../../resp/reply.js";
import { crc64 } from "./crc64.js";
import { dumpVersion, forms } from "./dump-format.js";
import { double, length, member, text } from "./dump-parts.js";
import { writeStream } from "./write-stream.js";

/** Writes a value as DUMP answers it. A stream is to be in one piece. Throws `ErrorReply` for what has no form in Redis 7.0. */
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
  // Parts are no values of keys.
  return [type === "stream-part" || type === "packed-part" ? unreachable() : forms[type]];
}

function bodyOf(value: Value): readonly Buffer[] {
  switch (value.type) {
    case "string":
      return text(value.bytes);
    case "list":
      return [length(value.items.length), ...[...value.items].flatMap(text)];
    case "set":
      return [length(value.members.size), ...[...value.members].flatMap(member)];
    case "hash":
      if ((value.expiries?.size ?? 0) > 0) {
        throw new ErrorReply(
          "ERR DUMP of a hash whose fields end by themselves is not supported by Mecha on a state store: Redis 7.0 has no form for it; read it by HGETALL and HPEXPIRETIME",
        );
      }
      return [
        length(value.fields.size),
        ...[...value.fields].flatMap(([field, bytes]) => [...member(field), ...text(bytes)]),
      ];
    case "zset":
      return [
        length(value.scores.size),
        ...[...value.scores].flatMap(([name, score]) => [...member(name), double(score)]),
      ];
    case "stream":
      return writeStream(value);
    default:
      return [];
  }
}

function unreachable(): never {
  throw new MechaError("INTERNAL", "A part of a value in the cache is no value by itself");
}

import { ErrorReply } from "../../resp/reply.js";
import { parseInteger } from "../../numbers/integer.js";
import { syntaxError, type Arguments } from "../arguments.js";
import { readBitOffset } from "./bit-offset.js";

/** An integer of some bits: `i16`, `u8`. */
export interface FieldType {
  readonly signed: boolean;
  readonly bits: number;
}

/** What happens to a number that does not fit. */
export type Overflow = "WRAP" | "SAT" | "FAIL";

/** One part of a BITFIELD. */
export interface FieldOperation {
  readonly kind: "GET" | "SET" | "INCRBY";
  readonly type: FieldType;
  /** Where it begins, in bits. */
  readonly offset: number;
  /** What is set or added. */
  readonly value: bigint;
  readonly overflow: Overflow;
}

/** Reads the parts of BITFIELD from the third argument on. */
export function readFieldOperations(args: Arguments): readonly FieldOperation[] {
  const operations: FieldOperation[] = [];
  let overflow: Overflow = "WRAP";
  for (let index = 2; index < args.count; ) {
    const kind = args.keyword(index);
    const rest = args.count - index - 1;
    if (kind === "OVERFLOW" && rest >= 1) {
      overflow = readOverflow(args, index + 1);
      index += 2;
    } else if ((kind === "GET" && rest >= 2) || ((kind === "SET" || kind === "INCRBY") && rest >= 3)) {
      const type = readType(args, index + 1);
      const offset = readBitOffset(args, index + 2, type.bits);
      const value = kind === "GET" ? 0n : args.integer(index + 3);
      operations.push({ kind, type, offset, value, overflow });
      index += kind === "GET" ? 3 : 4;
    } else throw syntaxError();
  }
  return operations;
}

function readOverflow(args: Arguments, index: number): Overflow {
  const word = args.keyword(index);
  if (word !== "WRAP" && word !== "SAT" && word !== "FAIL") throw new ErrorReply("ERR Invalid OVERFLOW type specified");
  return word;
}

function readType(args: Arguments, index: number): FieldType {
  const text = args.bytes(index);
  const signed = text[0] === signedMark;
  const bits = Number(parseInteger(text.subarray(1)) ?? 0n);
  if ((!signed && text[0] !== unsignedMark) || bits < 1 || bits > (signed ? 64 : 63)) {
    throw new ErrorReply(
      "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.",
    );
  }
  return { signed, bits };
}

const signedMark = "i".charCodeAt(0);
const unsignedMark = "u".charCodeAt(0);

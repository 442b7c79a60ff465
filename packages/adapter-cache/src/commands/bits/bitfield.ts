import { ErrorReply, type Reply } from "../../resp/reply.js";
import { firstKey, type Command } from "../command.js";
import { readString } from "../strings.js";
import { readFieldOperations, type FieldOperation, type FieldType } from "./bitfield-options.js";
import { fit } from "./bitfield-overflow.js";
import { bitAt, grownCopy } from "./bit-string.js";

/** `BITFIELD key [GET type offset | [OVERFLOW WRAP|SAT|FAIL] SET type offset value | INCRBY type offset amount]…`. */
export const bitfield: Command = {
  name: "bitfield",
  arity: -2,
  keys: firstKey,
  writes: true,
  run(keyspace, args) {
    const operations = readFieldOperations(args);
    const old = readString(keyspace, args.bytes(1));
    const ends = operations.filter(({ kind }) => kind !== "GET").map(({ offset, type }) => offset + type.bits);
    if (ends.length === 0) return operations.map((operation) => readField(old ?? Buffer.alloc(0), operation));
    const bytes = grownCopy(old, Math.ceil(Math.max(...ends) / 8));
    const replies = operations.map((operation) => doOne(bytes, operation));
    if (old === undefined || !bytes.equals(old)) keyspace.update(args.bytes(1), { type: "string", bytes });
    return replies;
  },
};

/** `BITFIELD_RO key [GET type offset]…`. */
export const bitfieldRo: Command = {
  name: "bitfield_ro",
  arity: -2,
  keys: firstKey,
  writes: false,
  run(keyspace, args) {
    const operations = readFieldOperations(args);
    if (operations.some(({ kind }) => kind !== "GET")) {
      throw new ErrorReply("ERR BITFIELD_RO only supports the GET subcommand");
    }
    const bytes = readString(keyspace, args.bytes(1)) ?? Buffer.alloc(0);
    return operations.map((operation) => readField(bytes, operation));
  },
};

function doOne(bytes: Buffer, operation: FieldOperation): Reply {
  const { kind, type, offset, value, overflow } = operation;
  const before = readField(bytes, operation);
  if (kind === "GET") return before;
  // What is set to an unsigned field counts as a number of 64 bits without sign.
  const base = kind === "INCRBY" ? before : type.signed ? value : BigInt.asUintN(64, value);
  const after = fit(base, kind === "INCRBY" ? value : 0n, type, overflow);
  if (after === undefined) return null;
  writeField(bytes, offset, type, after);
  return kind === "SET" ? before : after;
}

function readField(bytes: Buffer, { type, offset }: FieldOperation): bigint {
  let value = 0n;
  for (let index = 0; index < type.bits; index++) value = (value << 1n) | BigInt(bitAt(bytes, offset + index));
  return type.signed ? BigInt.asIntN(type.bits, value) : value;
}

function writeField(bytes: Buffer, offset: number, { bits }: FieldType, value: bigint): void {
  for (let index = 0; index < bits; index++) {
    const place = Math.floor((offset + index) / 8);
    const mask = 0x80 >> ((offset + index) % 8);
    const isSet = ((value >> BigInt(bits - 1 - index)) & 1n) === 1n;
    bytes[place] = isSet ? (bytes[place] ?? 0) | mask : (bytes[place] ?? 0) & ~mask;
  }
}

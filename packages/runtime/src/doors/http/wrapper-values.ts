import { BytesValue } from "../../actors/bytes-value.js";
import { malformedBody } from "./json-fields.js";

/** A message of protobuf's own, in JSON and on the wire. */
export interface JsonMessage {
  /** @throws MechaError `INVALID_ARGUMENT` (`ERR_MALFORMED_REQUEST`) for a value that is of another kind */
  readonly encode: (value: unknown) => Buffer;
  readonly decode: (message: Buffer) => unknown;
}

/** Tags of the one field that a wrapper has. */
const [varintTag, doubleTag, floatTag] = [0x08, 0x09, 0x0d];

/** Protobuf's wrappers of single values by their short names: `Int64Value`, `BoolValue`, … */
export const wrappers: Readonly<Record<string, JsonMessage>> = {
  DoubleValue: floating(doubleTag, 8),
  FloatValue: floating(floatTag, 4),
  Int64Value: whole(-(2n ** 63n), 2n ** 63n - 1n, String),
  UInt64Value: whole(0n, 2n ** 64n - 1n, String),
  Int32Value: whole(-(2n ** 31n), 2n ** 31n - 1n, Number),
  UInt32Value: whole(0n, 2n ** 32n - 1n, Number),
  BoolValue: {
    encode: (value) => Buffer.from([varintTag, Number(of("boolean", value))]),
    decode: (message) => varintOf(message) !== 0n,
  },
  StringValue: {
    encode: (value) => BytesValue.encode(Buffer.from(of("string", value), "utf8")),
    decode: (message) => Buffer.from(BytesValue.decode(message)).toString("utf8"),
  },
  BytesValue: {
    encode: (value) => BytesValue.encode(Buffer.from(of("string", value), "base64")),
    decode: (message) => Buffer.from(BytesValue.decode(message)).toString("base64"),
  },
};

interface Kinds {
  readonly boolean: boolean;
  readonly number: number;
  readonly string: string;
}

function of<K extends keyof Kinds>(kind: K, value: unknown): Kinds[K] {
  if (typeof value !== kind) throw malformedBody(`a value of type ${kind} is needed`);
  // Just checked.
  return value as Kinds[K];
}

function floating(tag: number, bytes: 4 | 8): JsonMessage {
  return {
    encode(value) {
      const message = Buffer.alloc(1 + bytes, tag);
      if (bytes === 8) message.writeDoubleLE(of("number", value), 1);
      else message.writeFloatLE(of("number", value), 1);
      return message;
    },
    decode(message) {
      if (message[0] !== tag || message.length <= bytes) return 0;
      // A float is told by the digits that it has.
      return bytes === 8 ? message.readDoubleLE(1) : Number(message.readFloatLE(1).toPrecision(7));
    },
  };
}

function whole(least: bigint, most: bigint, toJson: (value: bigint) => string | number): JsonMessage {
  return {
    encode(json) {
      const text = typeof json === "number" ? String(json) : of("string", json);
      const value = /^-?\d{1,20}$/u.test(text) ? BigInt(text) : undefined;
      if (value === undefined || value < least || value > most)
        throw malformedBody(`"${text}" is no number of this type`);
      const message = [varintTag];
      let rest = BigInt.asUintN(64, value);
      for (; rest > 0x7fn; rest >>= 7n) message.push(Number(rest & 0x7fn) | 0x80);
      return Buffer.from([...message, Number(rest)]);
    },
    decode: (message) => toJson(least < 0n ? BigInt.asIntN(64, varintOf(message)) : varintOf(message)),
  };
}

/** The number of a message; 0, which need not be written, where there is none. */
function varintOf(message: Buffer): bigint {
  if (message[0] !== varintTag) return 0n;
  let value = 0n;
  for (const [index, byte] of message.subarray(1, 11).entries()) {
    value |= BigInt(byte & 0x7f) << BigInt(7 * index);
    if (byte <= 0x7f) break;
  }
  return BigInt.asUintN(64, value);
}

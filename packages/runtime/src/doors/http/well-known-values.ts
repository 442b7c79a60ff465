import { Duration, Empty, ListValue, type MessageType, Struct, Timestamp, Value } from "@mecha/sdk-core/protocol";
import { JsonFields, malformedBody } from "./json-fields.js";
import { toDuration } from "./to-duration.js";
import type { JsonMessage } from "./wrapper-values.js";

/** Protobuf's messages with a JSON form of their own, besides the wrappers, by their short names. Times are kept to the millisecond. */
export const wellKnown: Readonly<Record<string, JsonMessage>> = {
  Value: {
    encode: (json) => bytesOf(Value, Value.wrap(json ?? null)),
    decode: (message) => Value.unwrap(Value.decode(message)) as unknown,
  },
  Struct: {
    encode: (json) => bytesOf(Struct, Struct.wrap(new JsonFields(json).all)),
    decode: (message) => Struct.unwrap(Struct.decode(message)),
  },
  ListValue: {
    encode: (json) => bytesOf(ListValue, ListValue.wrap(new JsonFields({ value: json }).list("value").slice())),
    decode: (message) => ListValue.unwrap(ListValue.decode(message)) as unknown,
  },
  Empty: {
    encode: () => bytesOf(Empty, {}),
    decode: () => ({}),
  },
  Duration: {
    encode(json) {
      const text = typeof json === "string" ? json : "";
      if (!/^\d{1,12}(?:\.\d{1,9})?s$/u.test(text)) throw malformedBody(`"${text}" is no duration`);
      return bytesOf(Duration, toDuration(Math.round(Number(text.slice(0, -1)) * 1_000)));
    },
    decode(message) {
      const { seconds, nanos } = Duration.decode(message);
      return `${String(seconds)}${nanos === 0 ? "" : `.${String(nanos / 1e6).padStart(3, "0")}`}s`;
    },
  },
  Timestamp: {
    encode(json) {
      const text = typeof json === "string" ? json : "";
      const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/u.test(text)
        ? Date.parse(text)
        : NaN;
      if (Number.isNaN(ms)) throw malformedBody(`"${text}" is no timestamp`);
      return bytesOf(Timestamp, toDuration(ms));
    },
    decode(message) {
      const { seconds, nanos } = Timestamp.decode(message);
      return new Date(Number(seconds) * 1_000 + nanos / 1e6).toISOString().replace(".000Z", "Z");
    },
  },
};

function bytesOf<T>(type: MessageType<T>, message: T): Buffer {
  return Buffer.from(type.encode(message).finish());
}

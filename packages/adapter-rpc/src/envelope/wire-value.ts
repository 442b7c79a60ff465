import { setOwn } from "@mecha/adapter-kit";
import { MechaError } from "@mecha/sdk-core";

/** Key that marks a value JSON has no form for. A caller's own object that has this key is wrapped, so none is mistaken. */
const tag = "$type";

/**
 * Turns an argument or result into JSON values, as Hessian would carry it: dates, bytes and 64-bit integers keep their
 * type, `{ $class, $ }` becomes what it stands for, `undefined` and NaN become `null`, maps become objects.
 *
 * @throws MechaError `INVALID_ARGUMENT` for a value that refers to itself
 */
export function toWire(value: unknown, parents: readonly object[] = []): unknown {
  if (value === null || value === undefined || typeof value === "function" || typeof value === "symbol") return null;
  if (typeof value === "bigint") return { [tag]: "long", value: value.toString() };
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value !== "object") return value;
  if (value instanceof Date) return { [tag]: "date", value: value.getTime() };
  if (value instanceof Uint8Array) return { [tag]: "bytes", value: Buffer.from(value).toString("base64") };
  if (value instanceof Error) return { [tag]: "error", message: value.message };
  if (parents.includes(value))
    throw new MechaError("INVALID_ARGUMENT", "An RPC argument or result refers to itself; it cannot be sent");
  const inside = [...parents, value];
  if (Array.isArray(value)) return value.map((item) => toWire(item, inside));
  return objectToWire(value, inside);
}

function objectToWire(value: object, inside: readonly object[]): unknown {
  if (isTyped(value)) return typedToWire(value, inside);
  const object: Record<string, unknown> = {};
  if (value instanceof Map) for (const [key, item] of value) setOwn(object, String(key), toWire(item, inside));
  else for (const [key, item] of Object.entries(value)) setOwn(object, key, toWire(item, inside));
  return Object.hasOwn(object, tag) ? { [tag]: "object", value: object } : object;
}

/** Java's number classes, which legacy code gives as text to keep all digits. */
const numberClasses = new Set([
  "java.lang.Long",
  "java.lang.Integer",
  "java.lang.Short",
  "java.lang.Byte",
  "java.lang.Double",
  "java.lang.Float",
  "long",
  "int",
  "short",
  "byte",
  "double",
  "float",
]);

function typedToWire(value: TypedValue, inside: readonly object[]): unknown {
  const inner = value.$;
  if (typeof inner === "string" && numberClasses.has(value.$class)) return numberToWire(inner);
  return toWire(inner, inside);
}

function numberToWire(text: string): unknown {
  const number = Number(text);
  return Number.isInteger(number) && !Number.isSafeInteger(number) ? { [tag]: "long", value: text } : number;
}

/** A value with its Java class, as sofa-rpc-node, HSF and dubbo2.js clients write it. */
interface TypedValue {
  readonly $class: string;
  readonly $: unknown;
}

function isTyped(value: object): value is TypedValue {
  return "$" in value && "$class" in value && typeof value.$class === "string";
}

/** Turns JSON values back into arguments or results. Integers that JavaScript's numbers cannot hold become text, as in hessian.js. */
export function fromWire(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(fromWire);
  if (Object.hasOwn(value, tag)) return taggedFromWire(value as Record<string, unknown>);
  return plainFromWire(value);
}

function plainFromWire(value: object): unknown {
  const object: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) setOwn(object, key, fromWire(item));
  return object;
}

function taggedFromWire(tagged: Record<string, unknown>): unknown {
  const { value } = tagged;
  if (tagged[tag] === "date" && typeof value === "number") return new Date(value);
  if (tagged[tag] === "bytes" && typeof value === "string") return Buffer.from(value, "base64");
  if (tagged[tag] === "long" && typeof value === "string") return value;
  if (tagged[tag] === "error") return new Error(String(tagged["message"]));
  if (tagged[tag] === "object" && typeof value === "object" && value !== null) return plainFromWire(value);
  throw new MechaError(
    "DATA_LOSS",
    `An RPC value has the unknown form "${String(tagged[tag])}"; is the other side a newer version?`,
  );
}

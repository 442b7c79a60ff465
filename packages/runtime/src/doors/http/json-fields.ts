import { MechaError } from "@mecha/spec";

/** The fields of a JSON object that came with a request. Reads names as Go does: exactly, in snake case, in any case. */
export class JsonFields {
  readonly #values: Readonly<Record<string, unknown>>;

  /** @throws MechaError `INVALID_ARGUMENT` (`ERR_MALFORMED_REQUEST`) for what is no object; nothing is an empty one. */
  constructor(value: unknown) {
    if (value === undefined || value === null) this.#values = {};
    else if (typeof value !== "object" || Array.isArray(value)) throw malformedBody("a JSON object is needed");
    // Just checked to be an object of JSON.
    else this.#values = value as Readonly<Record<string, unknown>>;
  }

  /** Whatever stands there; `undefined` for nothing and `null`. */
  any(name: string): unknown {
    return this.#find(name) ?? undefined;
  }

  /** Text; `undefined` if there is none. */
  optionalText(name: string): string | undefined {
    const value = this.any(name);
    if (value === undefined || typeof value === "string") return value;
    throw malformedBody(`"${name}" must be text`);
  }

  /** Text; empty if there is none. */
  text(name: string): string {
    return this.optionalText(name) ?? "";
  }

  /** A number, also written as text; `undefined` if there is none. */
  optionalNumber(name: string): number | undefined {
    const value = this.any(name);
    if (value === undefined) return undefined;
    const number = typeof value === "string" ? Number(value) : value;
    if (typeof number === "number" && Number.isFinite(number)) return number;
    throw malformedBody(`"${name}" must be a number`);
  }

  /** A whole number of 32 bits; 0 if there is none. */
  whole(name: string): number {
    const number = this.optionalNumber(name) ?? 0;
    if (Number.isInteger(number) && Math.abs(number) < 2 ** 31) return number;
    throw malformedBody(`"${name}" must be a whole number of 32 bits`);
  }

  /** A whole number of 32 bits that counts something; `undefined` if there is none. */
  optionalCount(name: string): number | undefined {
    const number = this.optionalNumber(name);
    if (number === undefined || (Number.isInteger(number) && number >= 0 && number < 2 ** 32)) return number;
    throw malformedBody(`"${name}" must be a whole number of 32 bits, 0 or more`);
  }

  /** `undefined` if there is none. */
  optionalBoolean(name: string): boolean | undefined {
    const value = this.any(name);
    if (value === undefined || typeof value === "boolean") return value;
    throw malformedBody(`"${name}" must be true or false`);
  }

  /** Bytes in base64, of either alphabet, padded or not; empty if there are none. */
  bytes(name: string): Buffer {
    const text = this.text(name);
    if (isBase64(text)) return Buffer.from(text, "base64");
    throw malformedBody(`"${name}" must be base64`);
  }

  /** An object; an empty one if there is none. */
  fields(name: string): JsonFields {
    return new JsonFields(this.any(name));
  }

  /** A list; an empty one if there is none. */
  list(name: string): readonly unknown[] {
    const value = this.any(name) ?? [];
    if (Array.isArray(value)) return value;
    throw malformedBody(`"${name}" must be a list`);
  }

  /** Names and texts; none if there are none. */
  texts(name: string): Record<string, string> {
    const own = this.fields(name);
    return Object.fromEntries(Object.keys(own.#values).map((key) => [key, own.text(key)]));
  }

  /** The names of the fields. */
  get names(): readonly string[] {
    return Object.keys(this.#values);
  }

  /** All of it, as it came. */
  get all(): Record<string, unknown> {
    return { ...this.#values };
  }

  #find(name: string): unknown {
    if (Object.hasOwn(this.#values, name)) return this.#values[name];
    const wanted = name.toLowerCase();
    const key = Object.keys(this.#values).find((one) => one.replaceAll("_", "").toLowerCase() === wanted);
    return key === undefined ? undefined : this.#values[key];
  }
}

/** As protobuf's JSON takes it: one alphabet, padding only where it makes the length whole. */
function isBase64(text: string): boolean {
  const [, digits = "", padding = ""] = /^([A-Za-z0-9+/]*|[\w-]*)(={0,2})$/u.exec(text) ?? [];
  if (digits + padding !== text) return false;
  return padding === "" ? digits.length % 4 !== 1 : digits.length % 4 > 1 && text.length % 4 === 0;
}

/** The error for a body that is not what it should be. */
export function malformedBody(why: string, cause?: unknown): MechaError {
  return new MechaError("INVALID_ARGUMENT", `failed deserializing HTTP body: ${why}`, {
    reason: "ERR_MALFORMED_REQUEST",
    httpStatus: 400,
    cause,
  });
}

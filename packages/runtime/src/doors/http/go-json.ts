import { malformedBody } from "./json-fields.js";

/** What Go's encoder writes by their numbers, so that JSON can stand in a web page: all of it stands in texts only. */
const unsafe = /[<>&\u2028\u2029]/gu;

/** JSON with the escapes for web pages of Go's encoder (`<` as `\u003c`). */
export function forWebPages(json: string): string {
  return json.replaceAll(unsafe, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/**
 * A JSON value as Go writes it, and so daprd: keys in order, no space. Numbers are what JavaScript and Go both make of them. Go's
 * escapes for web pages ({@link forWebPages}) are left to stores whose component in daprd has them.
 *
 * @throws MechaError `INVALID_ARGUMENT` (`ERR_MALFORMED_REQUEST`) for a value that is nested too deeply
 */
export function goJson(value: unknown): string {
  try {
    return write(value);
  } catch (cause) {
    if (cause instanceof RangeError) throw malformedBody("the value is nested too deeply", cause);
    throw cause;
  }
}

function write(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(write).join(",")}]`;
  // An object of JSON; its keys come in the order of JavaScript, which has numbers first.
  const members = Object.entries(value as Readonly<Record<string, unknown>>).sort(([one], [other]) =>
    byBytes(one, other),
  );
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${write(member)}`).join(",")}}`;
}

function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

import type { HeaderField } from "./header-decoder.js";
import { staticTable } from "./static-table.js";

/** First byte of a header that nobody may put into a table: values that are secret, or differ with every message. */
const literal = 0x00;
const neverIndexed = 0x10;

/**
 * Writes headers as HPACK without the dynamic table: such a block says the same on every connection, however often it is sent.
 * Names must be lower case, values Latin-1.
 *
 * @param isSecret - keeps those on the way from putting the values into their tables
 */
export function encodeHeaders(fields: readonly HeaderField[], isSecret = false): Buffer {
  const parts: Buffer[] = [];
  for (const [name, value] of fields) {
    const whole = staticTable.findIndex((field) => field[0] === name && field[1] === value && value !== "") + 1;
    if (whole > 0) {
      parts.push(encodeInteger(0x80, 7, whole));
      continue;
    }
    const kind = isSecret ? neverIndexed : literal;
    const nameIndex = staticTable.findIndex((field) => field[0] === name) + 1;
    parts.push(encodeInteger(kind, 4, nameIndex));
    if (nameIndex === 0) parts.push(encodeString(name));
    parts.push(encodeString(value));
  }
  return Buffer.concat(parts);
}

function encodeString(text: string): Buffer {
  const bytes = Buffer.from(text, "latin1");
  return Buffer.concat([encodeInteger(0, 7, bytes.length), bytes]);
}

function encodeInteger(firstByte: number, prefixBits: number, value: number): Buffer {
  const most = (1 << prefixBits) - 1;
  if (value < most) return Buffer.from([firstByte | value]);
  const bytes = [firstByte | most];
  let rest = value - most;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}

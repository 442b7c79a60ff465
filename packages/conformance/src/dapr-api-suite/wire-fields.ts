/** The fields of a protobuf message by their numbers: bytes, or a number for a varint. For messages without generated code. */
function fieldsOf(message: Uint8Array): ReadonlyMap<number, readonly (Uint8Array | number)[]> {
  const fields = new Map<number, (Uint8Array | number)[]>();
  let position = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message[position++] ?? 0;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  const slice = (length: number): Uint8Array => message.subarray(position, (position += length));
  while (position < message.length) {
    const tag = varint();
    const read = { 0: varint, 1: () => slice(8), 2: () => slice(varint()), 5: () => slice(4) }[tag % 8];
    if (read === undefined) throw new Error(`a field has the wire type ${String(tag % 8)}`);
    const number = Math.floor(tag / 8);
    fields.set(number, [...(fields.get(number) ?? []), read()]);
  }
  return fields;
}

/** The messages, or other bytes, in one field. */
export function bytesIn(message: Uint8Array, field: number): readonly Uint8Array[] {
  return (fieldsOf(message).get(field) ?? []).filter((value) => typeof value !== "number");
}

/** The text in one field; empty if there is none. */
export function textIn(message: Uint8Array | undefined, field: number): string {
  const [text] = message === undefined ? [] : bytesIn(message, field);
  return Buffer.from(text ?? []).toString();
}

/** One field of a message, for the wire; numbers are varints. */
export function fieldOf(number: number, value: Uint8Array | string | number): Uint8Array {
  if (typeof value === "number") return Buffer.concat([varintOf(number * 8), varintOf(value)]);
  const bytes = Buffer.from(value);
  return Buffer.concat([varintOf(number * 8 + 2), varintOf(bytes.length), bytes]);
}

function varintOf(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest < 128 ? rest : (rest % 128) + 128);
    if (rest < 128) return Uint8Array.from(bytes);
  }
}

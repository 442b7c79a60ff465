/** Tag of the one field of `google.protobuf.BytesValue`, which has a length and bytes. */
const fieldTag = 0x0a;

/** Writes and reads a `google.protobuf.BytesValue`, which the generated code does not have. */
export const BytesValue = {
  /** The message of some bytes. */
  encode(bytes: Uint8Array): Buffer {
    if (bytes.length === 0) return Buffer.alloc(0);
    const header = [fieldTag];
    let length = bytes.length;
    for (; length > 0x7f; length >>>= 7) header.push((length & 0x7f) | 0x80);
    header.push(length);
    return Buffer.concat([Buffer.from(header), bytes]);
  },

  /** The bytes of a message; none for what is no such message. */
  decode(message: Uint8Array): Uint8Array {
    if (message[0] !== fieldTag) return message.subarray(0, 0);
    let [length, shift, at] = [0, 0, 1];
    for (; ; shift += 7) {
      const byte = message[at++];
      if (byte === undefined || shift > 28) return message.subarray(0, 0);
      length |= (byte & 0x7f) << shift;
      if (byte <= 0x7f) break;
    }
    return message.subarray(at, at + length);
  },
};

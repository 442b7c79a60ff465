import { http2Error, Http2ProtocolError } from "../frame-types.js";

/**
 * HPACK's Huffman code (RFC 7541, appendix B). It is canonical: codes of one length are consecutive numbers, in the order of their
 * bytes, so that the bytes of each length say it all. The end of a string (30 ones) is no byte.
 */
const bytesByCodeLength: Readonly<Record<number, readonly number[]>> = {
  5: ascii("012aceiost"),
  6: ascii(" %-./3456789=A_bdfghlmnpru"),
  7: ascii(":BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz"),
  8: ascii("&*,;XZ"),
  10: ascii('!"()?'),
  11: ascii("'+|"),
  12: ascii("#>"),
  13: [0, ...ascii("$@[]~")],
  14: ascii("^}"),
  15: ascii("<`{"),
  19: [92, 195, 208],
  20: [128, 130, 131, 162, 184, 194, 224, 226],
  21: [153, 161, 167, 172, 176, 177, 179, 209, 216, 217, 227, 229, 230],
  22: [
    129, 132, 133, 134, 136, 146, 154, 156, 160, 163, 164, 169, 170, 173, 178, 181, 185, 186, 187, 189, 190, 196, 198,
    228, 232, 233,
  ],
  23: [
    1, 135, 137, 138, 139, 140, 141, 143, 147, 149, 150, 151, 152, 155, 157, 158, 165, 166, 168, 174, 175, 180, 182,
    183, 188, 191, 197, 231, 239,
  ],
  24: [9, 142, 144, 145, 148, 159, 171, 206, 215, 225, 236, 237],
  25: [199, 207, 234, 235],
  26: [192, 193, 200, 201, 202, 205, 210, 213, 218, 219, 238, 240, 242, 243, 255],
  27: [203, 204, 211, 212, 214, 221, 222, 223, 241, 244, 245, 246, 247, 248, 250, 251, 252, 253, 254],
  28: [2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127, 220, 249],
  30: [10, 13, 22],
};

const longestCode = 30;

function ascii(text: string): readonly number[] {
  return [...Buffer.from(text, "latin1")];
}

/** For each code length the first code, and where its bytes begin in {@link bytesInOrder}. */
const firstCode = new Int32Array(longestCode + 2);
const firstByte = new Int32Array(longestCode + 2);
const bytesInOrder: number[] = [];
for (let length = 1, code = 0; length <= longestCode; length++) {
  code *= 2;
  const bytes = bytesByCodeLength[length] ?? [];
  firstCode[length] = code;
  firstByte[length] = bytesInOrder.length;
  bytesInOrder.push(...bytes);
  code += bytes.length;
}

/**
 * Reads a Huffman-coded string as Latin-1.
 *
 * @throws Http2ProtocolError for padding that is none.
 */
export function decodeHuffman(bytes: Buffer, start: number, end: number): string {
  // No code is shorter than five bits.
  const decoded = Buffer.allocUnsafe(Math.ceil(((end - start) * 8) / 5));
  let size = 0;
  let code = 0;
  let length = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    for (let bit = 7; bit >= 0; bit--) {
      code = (code << 1) | ((byte >>> bit) & 1);
      length++;
      const rank = code - (firstCode[length] ?? 0);
      const first = firstByte[length] ?? 0;
      if (rank >= 0 && rank < (firstByte[length + 1] ?? first) - first) {
        decoded[size++] = bytesInOrder[first + rank] ?? 0;
        code = 0;
        length = 0;
      } else if (length === longestCode) throw invalid("the end of the string within it");
    }
  }
  // What is left must be the beginning of the end, shorter than a byte.
  if (length > 7 || code !== (1 << length) - 1) throw invalid("wrong padding");
  return decoded.toString("latin1", 0, size);
}

function invalid(what: string): Http2ProtocolError {
  return new Http2ProtocolError(http2Error.compression, `A Huffman-coded header has ${what}`);
}

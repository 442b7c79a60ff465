import { describe, expect, it } from "vitest";
import { Http2ProtocolError } from "../frame-types.js";
import { encodeHeaders } from "./encode-headers.js";
import { HeaderDecoder, type HeaderField } from "./header-decoder.js";

const limit = 64 * 1024;
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");

describe("a decoder of HPACK", () => {
  // RFC 7541, C.3 and C.4: the same three requests, without and with Huffman coding.
  it.each([
    [
      "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
      "8286 84be 5808 6e6f 2d63 6163 6865",
      "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65",
    ],
    [
      "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
      "8286 84be 5886 a8eb 1064 9cbf",
      "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf",
    ],
  ])("reads the requests of the standard's examples, whose later ones refer to the earlier", (first, second, third) => {
    const decoder = new HeaderDecoder(limit);
    const authority: HeaderField = [":authority", "www.example.com"];
    const start: HeaderField[] = [
      [":method", "GET"],
      [":scheme", "http"],
      [":path", "/"],
    ];
    expect(decoder.decode(hex(first))).toEqual([...start, authority]);
    expect(decoder.decode(hex(second))).toEqual([...start, authority, ["cache-control", "no-cache"]]);
    expect(decoder.decode(hex(third))).toEqual([
      [":method", "GET"],
      [":scheme", "https"],
      [":path", "/index.html"],
      authority,
      ["custom-key", "custom-value"],
    ]);
  });

  it("forgets what no longer fits into a table that was made smaller", () => {
    const decoder = new HeaderDecoder(limit);
    const remembered = hex("40 01 61 01 62 40 01 63 01 64");
    expect(decoder.decode(remembered)).toEqual([
      ["a", "b"],
      ["c", "d"],
    ]);
    // The newest is 62, the oldest 63; then room for one is left.
    expect(decoder.decode(hex("be bf"))).toEqual([
      ["c", "d"],
      ["a", "b"],
    ]);
    expect(decoder.decode(hex("3f 05 be"))).toEqual([["c", "d"]]);
    expect(() => decoder.decode(hex("bf"))).toThrow(Http2ProtocolError);
  });

  it.each([
    ["an index that is not there", "be"],
    ["the index 0", "80"],
    ["a string that is cut off", "40 0a 63 75"],
    ["an end within a number", "ff ff"],
    ["a number that is too large", "ff ff ff ff ff ff"],
    ["a table larger than offered", "3f e2 1f"],
    ["a change of the table after a header", "82 20"],
    ["Huffman padding with zeros", "40 01 61 81 00"],
    ["Huffman padding of a byte", "40 01 61 82 1f ff"],
    ["Huffman's end of string", "40 01 61 84 ff ff ff ff"],
  ])("refuses %s", (_what, bytes) => {
    expect(() => new HeaderDecoder(limit).decode(hex(bytes))).toThrow(Http2ProtocolError);
  });

  it("refuses few bytes that stand for many", () => {
    const decoder = new HeaderDecoder(limit);
    decoder.decode(encodeRemembered("x", "y".repeat(3000)));
    expect(() => decoder.decode(Buffer.alloc(1000, 0xbe))).toThrow("more than 65536 bytes");
  });
});

describe("an encoder of HPACK", () => {
  it("writes what a decoder reads, and leaves its table as it was", () => {
    const fields: HeaderField[] = [
      [":method", "POST"],
      [":path", "/dapr.proto.runtime.v1.Dapr/GetState"],
      ["x-long", "v".repeat(20_000)],
      ["x-empty", ""],
    ];
    const decoder = new HeaderDecoder(limit);
    expect(decoder.decode(encodeHeaders(fields))).toEqual(fields);
    expect(decoder.decode(encodeHeaders([["secret", "t0ken"]], true))).toEqual([["secret", "t0ken"]]);
    expect(() => decoder.decode(hex("be"))).toThrow(Http2ProtocolError);
  });
});

function encodeRemembered(name: string, value: string): Buffer {
  const length = value.length - 127;
  return Buffer.concat([
    Buffer.from([0x40, name.length]),
    Buffer.from(name),
    Buffer.from([0x7f, (length & 0x7f) | 0x80, length >>> 7]),
    Buffer.from(value),
  ]);
}

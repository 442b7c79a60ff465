import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeDocument } from "./decode-document.js";
import { revisionBytes } from "./document-format.js";
import type { Document, Value } from "./document.js";
import { encodeDocument } from "./encode-document.js";
import { ItemArray } from "./list-items.js";
import { documentName } from "./key-name.js";

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const text = bytes.map((buffer) => buffer.toString("latin1"));
const value: fc.Arbitrary<Value> = fc.oneof(
  bytes.map((each): Value => ({ type: "string", bytes: each })),
  fc.array(fc.tuple(text, bytes)).map((pairs): Value => ({ type: "hash", fields: new Map(pairs) })),
  fc.array(bytes).map((items): Value => ({ type: "list", items: new ItemArray(items) })),
  fc.array(text).map((members): Value => ({ type: "set", members: new Set(members) })),
  fc
    .array(fc.tuple(text, fc.double({ noNaN: true })))
    .map((pairs): Value => ({ type: "zset", scores: new Map(pairs) })),
);
const entry = fc.record({ value, expireAtMs: fc.option(fc.integer({ min: 1, max: 2 ** 45 }), { nil: undefined }) });
const document: fc.Arbitrary<Document> = fc.record({
  revision: fc
    .uint8Array({ minLength: revisionBytes, maxLength: revisionBytes })
    .map((array) => Buffer.from(array).toString("latin1")),
  entry: fc.option(entry, { nil: undefined }),
});

describe("a stored document", () => {
  it("is read as it was written", () => {
    fc.assert(
      fc.property(document, (each) => {
        expect(decodeDocument(encodeDocument(each))).toEqual(each);
      }),
    );
  });

  it.each([
    ["nothing", Buffer.alloc(0)],
    ["another program's bytes", Buffer.from('{"a":1,"b":"something long enough"}')],
    ["a newer version", Buffer.concat([Buffer.from([2]), Buffer.alloc(40)])],
    ["an unknown type", Buffer.concat([Buffer.from([1, 9]), Buffer.alloc(40)])],
    [
      "a list that ends too early",
      Buffer.concat([Buffer.from([1, 3]), Buffer.alloc(20), Buffer.from([0, 0, 1, 0, 1])]),
    ],
  ])("is refused when it is %s", (_title, stored) => {
    expect(() => decodeDocument(stored)).toThrow(expect.objectContaining({ code: "DATA_LOSS" }));
  });
});

describe("the name of a document", () => {
  it("differs for different keys, and is fit for the Dapr API", () => {
    const pair = fc.tuple(text, text, fc.nat(15), fc.nat(15));
    fc.assert(
      fc.property(pair, ([left, right, leftDatabase, rightDatabase]) => {
        const names = [documentName(leftDatabase, left), documentName(rightDatabase, right)];
        expect(names[0] === names[1]).toBe(left === right && leftDatabase === rightDatabase);
        for (const name of names) expect(name).toMatch(/^[!-{}~]+$/);
      }),
    );
  });

  it("is readable for plain keys", () => {
    expect(documentName(0, "order:42")).toBe("cache:0:order:42");
    expect(documentName(3, "a||b \xff")).toBe("cache:3:a%7c%7cb%20%ff");
  });
});

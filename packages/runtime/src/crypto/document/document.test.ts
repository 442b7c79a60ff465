import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { decryptDocument } from "./decrypt-document.js";
import { encryptDocument } from "./encrypt-document.js";
import { segmentsOf } from "./segments.js";

/** A vault that keeps the keys of documents as they are. */
const options = { keyWrapAlgorithm: "A256KW", cipher: "AES-GCM", keyName: "k" } as const;
const wrapKey = (key: Buffer) => Promise.resolve(key);
const unwrapKey = ({ wrappedFileKey }: { readonly wrappedFileKey: Uint8Array }) => Promise.resolve(wrappedFileKey);

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer, void, undefined> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function joined(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

const encrypted = (document: Buffer) => joined(encryptDocument(inPieces(document, 10_000), { ...options, wrapKey }));
const decrypted = (document: AsyncIterable<Buffer>) => joined(decryptDocument(document, { keyName: "", unwrapKey }));

describe("a document in Dapr's format", () => {
  it.each([1, 7, 1_000, 65_552, 1_000_000])("is read in pieces of %i bytes", async (size) => {
    const document = randomBytes(size === 1 ? 300 : 200_000);
    expect(Buffer.compare(await decrypted(inPieces(await encrypted(document), size)), document)).toBe(0);
  });

  it("has its header in three lines, with what is needed to decrypt it", async () => {
    const [scheme, manifest = "", mac = "", rest] = (await encrypted(Buffer.alloc(0))).toString("latin1").split("\n");
    expect([scheme, rest]).toEqual(["dapr.io/enc/v1", ""]);
    const { k, kw, wfk, cph, np } = JSON.parse(manifest) as Record<string, string>;
    expect([k, kw, cph]).toEqual(["k", 1, 1]);
    expect([wfk, np, mac].map((text = "") => Buffer.from(text, "base64").length)).toEqual([32, 7, 32]);
  });

  it.each([
    ["nothing", "", "scheme name not found"],
    ["one line without an end", "dapr.io/enc/v1", "scheme name not found"],
    ["another scheme", "dapr.io/enc/v9\n{}\nAA==\n", "unsupported scheme"],
    ["no manifest", "dapr.io/enc/v1\n\nAA==\n", "manifest not found"],
    ["no signature", "dapr.io/enc/v1\n{}\n", "message authentication code not found"],
    ["a manifest that is no JSON", "dapr.io/enc/v1\n{\nAA==\n", "invalid manifest"],
    ["a manifest that is a list", "dapr.io/enc/v1\n[]\nAA==\n", "invalid manifest"],
    [
      "a manifest of other types",
      'dapr.io/enc/v1\n{"k":1,"kw":"1","wfk":[],"cph":{},"np":null}\nAA==\n',
      "invalid manifest",
    ],
    [
      "an unknown cipher",
      'dapr.io/enc/v1\n{"kw":1,"wfk":"AA==","cph":9,"np":"AAAAAAAAAA=="}\nAA==\n',
      "invalid manifest",
    ],
    ["a first line without end", "a".repeat(200_000), "scheme name not found"],
  ])("with %s is refused", async (_, text, problem) => {
    await expect(decrypted(inPieces(Buffer.from(text), 1_000))).rejects.toThrow(`invalid header: ${problem}`);
  });

  it("is refused alike whether its key is not there, is another, or was changed", async () => {
    const document = await encrypted(randomBytes(100));
    const attempt = (unwrap: typeof unwrapKey) =>
      joined(decryptDocument(inPieces(document, 1_000), { keyName: "", unwrapKey: unwrap }));
    for (const unwrap of [
      () => Promise.reject(new Error("key not found")),
      () => Promise.resolve(randomBytes(32)),
      () => Promise.resolve(randomBytes(16)),
      () => Promise.resolve(new Uint8Array(32)),
    ]) {
      await expect(attempt(unwrap)).rejects.toThrow("failed to validate the document's signature");
    }
  });

  it("stops reading its source when nobody wants more", async () => {
    let stopped = 0;
    async function* endless(): AsyncGenerator<Buffer, void, undefined> {
      try {
        for (;;) yield await Promise.resolve(Buffer.alloc(30_000));
      } finally {
        stopped++;
      }
    }
    for await (const piece of encryptDocument(endless(), { ...options, wrapKey })) if (piece.length > 1_000) break;
    expect(stopped).toBe(1);
  });
});

it.each([
  [0, []],
  [1, [1]],
  [10, [10]],
  [11, [10, 1]],
  [30, [10, 10, 10]],
])("cuts %i bytes into segments, of which the last is known as such", async (bytes, lengths) => {
  for (const size of [1, 7, 100]) {
    const segments = [];
    for await (const segment of segmentsOf(inPieces(Buffer.alloc(bytes), size), 10)) segments.push(segment);
    expect(segments.map(({ data }) => data.length)).toEqual(lengths);
    expect(segments.map(({ index }) => index)).toEqual(lengths.map((_, index) => index));
    expect(segments.map(({ isLast }) => isLast)).toEqual(lengths.map((_, index) => index === lengths.length - 1));
  }
});

import { createHash, randomBytes } from "node:crypto";
import { failureOf, uniqueName, type DaprApiFixture } from "./fixture.js";

const segmentBytes = 64 * 1024;

/** The algorithms that wrap the keys of documents, with a key of the suite for each. */
const wraps = [
  ["A256KW", "suite-aes"],
  ["AES", "suite-aes"],
  ["RSA-OAEP-256", "suite-rsa"],
  ["RSA", "suite-rsa"],
] as const;

const aes = { keyName: "suite-aes", keyWrapAlgorithm: "A256KW" } as const;

/** Crypto: documents of any size come back as they were, or not at all. */
export function cryptoTests({ test: { expect }, block }: DaprApiFixture): void {
  const operationFailed: unknown = expect.stringMatching(/^failed to perform operation: /);

  block("crypto", (it) => {
    it("encrypts and decrypts with every algorithm and cipher", async (name, { mecha }) => {
      const crypto = mecha.crypto(name);
      const document = randomBytes(1000);
      for (const [keyWrapAlgorithm, keyName] of wraps) {
        for (const cipher of ["aes-gcm", "chacha20-poly1305"] as const) {
          const encrypted = await crypto.encrypt(document, { keyName, keyWrapAlgorithm, cipher });
          expect(Buffer.from(encrypted).includes(document.subarray(0, 16))).toBe(false);
          expect(Buffer.compare(await crypto.decrypt(encrypted), document), keyWrapAlgorithm).toBe(0);
        }
      }
    });

    it("takes documents of any size: nothing, a byte, and around the size of a segment", async (name, { mecha }) => {
      const crypto = mecha.crypto(name);
      for (const size of [0, 1, segmentBytes - 1, segmentBytes, segmentBytes + 1, 3 * segmentBytes]) {
        const document = randomBytes(size);
        const encrypted = await crypto.encrypt(document, aes);
        expect(Buffer.from(encrypted).subarray(0, 14).toString()).toBe("dapr.io/enc/v1");
        expect(encrypted.length).toBeGreaterThan(size);
        expect(Buffer.compare(await crypto.decrypt(encrypted), document), String(size)).toBe(0);
      }
    });

    it("passes 20 MB through encryption and decryption as fast as they are taken", async (name, { mecha }) => {
      const crypto = mecha.crypto(name);
      const [produced, taken] = [createHash("sha256"), createHash("sha256")];
      let [producedBytes, takenBytes, mostUnderWay] = [0, 0, 0];
      async function* document(): AsyncGenerator<Uint8Array, void, undefined> {
        const piece = randomBytes(100_000);
        for (let index = 0; index < 200; index++) {
          piece.writeUInt32BE(index);
          producedBytes += piece.length;
          mostUnderWay = Math.max(mostUnderWay, producedBytes - takenBytes);
          produced.update(piece);
          yield await Promise.resolve(Buffer.from(piece));
        }
      }
      for await (const piece of crypto.decryptStream(crypto.encryptStream(document(), aes))) {
        takenBytes += piece.length;
        taken.update(piece);
      }
      expect(takenBytes).toBe(20_000_000);
      expect(taken.digest("hex")).toBe(produced.digest("hex"));
      expect(mostUnderWay).toBeLessThan(8_000_000);
    });

    it("does not decrypt what was changed, cut off, or put in another order", async (name, { mecha }) => {
      const crypto = mecha.crypto(name);
      const encrypted = Buffer.from(await crypto.encrypt(randomBytes(3 * segmentBytes), aes));
      const body = encrypted.length - 3 * (segmentBytes + 16);
      const segment = (index: number): Buffer =>
        encrypted.subarray(body + index * (segmentBytes + 16), body + (index + 1) * (segmentBytes + 16));
      const changed = Buffer.from(encrypted);
      changed[body + segmentBytes + 100] = (changed[body + segmentBytes + 100] ?? 0) ^ 1;
      const header = Buffer.from(encrypted);
      header[40] = (header[40] ?? 0) ^ 1;
      const damaged = {
        "a bit of a segment": changed,
        "a bit of the header": header,
        "cut within a segment": encrypted.subarray(0, encrypted.length - 1000),
        "cut between segments": encrypted.subarray(0, body + 2 * (segmentBytes + 16)),
        "cut within the header": encrypted.subarray(0, 30),
        "segments swapped": Buffer.concat([encrypted.subarray(0, body), segment(1), segment(0), segment(2)]),
        "more at the end": Buffer.concat([encrypted, Buffer.from("more")]),
        "no document": Buffer.from("anything else"),
        nothing: Buffer.alloc(0),
      };
      for (const [what, document] of Object.entries(damaged)) {
        const failure = await failureOf(crypto.decrypt(document));
        expect([failure.grpcStatus, failure.message], what).toEqual([13, operationFailed]);
      }
    });

    it("takes a document that is cut off behind its header for an empty one, as the format does", async (name, {
      mecha,
    }) => {
      const crypto = mecha.crypto(name);
      const encrypted = await crypto.encrypt(Buffer.from("plain"), aes);
      const header = encrypted.subarray(0, encrypted.length - "plain".length - 16);
      expect((await crypto.decrypt(header)).length).toBe(0);
    });

    it("names the key in the document unless it is to be left out", async (name, { mecha }) => {
      const crypto = mecha.crypto(name);
      const document = Buffer.from("plain");
      const named = await crypto.encrypt(document, { ...aes, decryptionKeyName: "suite-aes" });
      expect(Buffer.from(named).toString("latin1")).toContain('"suite-aes"');
      expect(Buffer.from(await crypto.decrypt(named)).toString()).toBe("plain");

      const unnamed = await crypto.encrypt(document, { ...aes, omitKeyName: true });
      expect(Buffer.from(unnamed).toString("latin1")).not.toContain("suite-aes");
      expect((await failureOf(crypto.decrypt(unnamed))).message).toMatch(/no key name was provided/);
      expect(Buffer.from(await crypto.decrypt(unnamed, { keyName: "suite-aes" })).toString()).toBe("plain");

      const other = await crypto.encrypt(document, { ...aes, decryptionKeyName: "suite-aes-128" });
      expect((await failureOf(crypto.decrypt(other))).message).toEqual(operationFailed);
      expect((await failureOf(crypto.decrypt(named, { keyName: "suite-aes-128" }))).message).toEqual(operationFailed);
    });

    it("refuses keys, algorithms and components that are not there", async (name, { mecha }) => {
      const document = Buffer.from("plain");
      const crypto = mecha.crypto(name);
      const absent = mecha.crypto(uniqueName("crypto"));
      const outcomes = await Promise.all([
        failureOf(crypto.encrypt(document, { ...aes, keyName: "" })),
        failureOf(crypto.encrypt(document, { ...aes, keyName: uniqueName("key") })),
        failureOf(crypto.encrypt(document, { keyName: "suite-rsa", keyWrapAlgorithm: "A256KW" })),
        // It is among the algorithms of the format, but daprd has it with no key that it keeps itself.
        failureOf(crypto.encrypt(document, { ...aes, keyWrapAlgorithm: "A256CBC-NOPAD" })),
        failureOf(absent.encrypt(document, aes)),
        failureOf(absent.decrypt(document)),
      ]);
      expect(outcomes.map(({ grpcStatus, message }) => [grpcStatus, message])).toEqual([
        [3, expect.stringContaining("missing property 'keyName'")],
        [13, operationFailed],
        [13, operationFailed],
        [13, expect.stringContaining("unsupported algorithm")],
        [3, expect.stringMatching(/^crypto provider .* not found$/)],
        [3, expect.stringMatching(/^crypto provider .* not found$/)],
      ]);
    });
  });
}

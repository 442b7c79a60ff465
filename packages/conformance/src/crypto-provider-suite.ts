import { createHash, createPublicKey, randomBytes, verify } from "node:crypto";
import type { CipherUse, CryptoProvider } from "@mecha/spec";
import { ciphersOfSuite, signaturesOfSuite } from "./crypto-suite-algorithms.js";
import { createSuiteKeys, type SuiteKey } from "./suite-keys.js";
import { suiteTitles } from "./suite-titles.js";
import type { TestFunctions } from "./test-functions.js";

const nothing = Buffer.alloc(0);

/**
 * Declares the tests that every crypto component with keys of its own passes, with every algorithm that daprd's local ones have.
 *
 * @param test - vitest's functions
 * @param create - makes the component with these keys, each under its `kid`; the suite closes it
 */
export function cryptoProviderSuite(
  test: TestFunctions,
  create: (keys: readonly SuiteKey[]) => Promise<CryptoProvider>,
): void {
  const { describe, it, expect, beforeAll, afterAll } = test;

  describe(suiteTitles.cryptoProviderSuite, () => {
    let opened: CryptoProvider | undefined;
    const provider = (): CryptoProvider => {
      if (opened === undefined) throw new Error("the component exists only while tests run");
      return opened;
    };
    beforeAll(async () => {
      opened = await create(createSuiteKeys());
    });

    for (const { algorithm, keyName, nonceBytes, tagBytes } of ciphersOfSuite) {
      const newUse = (): CipherUse => ({
        keyName,
        algorithm,
        nonce: randomBytes(nonceBytes),
        associatedData: Buffer.from(tagBytes > 0 ? "beside it" : ""),
      });

      it(`encrypts and wraps with ${algorithm}, and nothing decrypts once it is changed`, async () => {
        const [plaintext, use] = [randomBytes(32), newUse()];
        const { ciphertext, tag } = await provider().encrypt(plaintext, use);
        expect(tag.length).toBe(tagBytes);
        expect(Buffer.compare(await provider().decrypt(ciphertext, { ...use, tag }), plaintext)).toBe(0);
        const wrapped = await provider().wrapKey(plaintext, use);
        const unwrapped = await provider().unwrapKey(wrapped.ciphertext, { ...use, tag: wrapped.tag });
        expect(Buffer.compare(unwrapped, plaintext)).toBe(0);

        const changed = Buffer.from(ciphertext);
        changed[3] = (changed[3] ?? 0) ^ 1;
        const outcome = await provider()
          .decrypt(changed, { ...use, tag })
          .then(
            (bytes) => Buffer.compare(bytes, plaintext) !== 0,
            () => true,
          );
        expect(outcome).toBe(true);
        if (tagBytes === 0) return;
        await expect(provider().decrypt(changed, { ...use, tag })).rejects.toThrow();
        await expect(provider().decrypt(ciphertext, { ...use, tag, associatedData: nothing })).rejects.toThrow();
        await expect(provider().decrypt(ciphertext, { ...use, tag: tag.subarray(1) })).rejects.toThrow();
        await expect(provider().encrypt(plaintext, { ...use, nonce: randomBytes(nonceBytes + 1) })).rejects.toThrow();
      });
    }

    for (const { algorithm, keyName, hash } of signaturesOfSuite) {
      it(`signs with ${algorithm}, and verifies that digest, signature and key and no other`, async () => {
        const message = randomBytes(100);
        const digest = hash === undefined ? message : createHash(hash).update(message).digest();
        const signature = await provider().sign(digest, { keyName, algorithm });
        const use = { keyName, algorithm, signature };
        expect(await provider().verify(digest, use)).toBe(true);
        const changed = Buffer.from(signature);
        changed[10] = (changed[10] ?? 0) ^ 1;
        expect(await provider().verify(digest, { ...use, signature: changed })).toBe(false);
        expect(await provider().verify(digest, { ...use, signature: nothing })).toBe(false);
        expect(await provider().verify(randomBytes(digest.length), use)).toBe(false);
      });
    }

    it("gives the public part of a key, with which others verify", async () => {
      const { name, jwk } = await provider().getKey("suite-ed25519");
      expect([name, jwk["crv"]]).toEqual(["suite-ed25519", "Ed25519"]);
      for (const secret of ["d", "p", "q", "k"]) expect(jwk).not.toHaveProperty(secret);
      const message = randomBytes(10);
      const signature = await provider().sign(message, { keyName: name, algorithm: "EdDSA" });
      expect(verify(null, message, createPublicKey({ key: jwk, format: "jwk" }), signature)).toBe(true);
    });

    it("gives away no symmetric key, and none that is not there", async () => {
      for (const absent of ["suite-aes", "suite-none", "constructor"]) {
        await expect(provider().getKey(absent)).rejects.toMatchObject({ code: "NOT_FOUND" });
      }
    });

    it("refuses algorithms that are not there, and keys that do not fit", async () => {
      const use = { nonce: randomBytes(12), associatedData: nothing };
      const refused: readonly (readonly [keyName: string, algorithm: string])[] = [
        ["suite-aes", "A256CBC-NOPAD"],
        ["suite-aes", "constructor"],
        ["suite-aes-128", "A256GCM"],
        ["suite-rsa", "A256GCM"],
        ["suite-aes", "RSA-OAEP"],
        ["suite-p256", "RSA-OAEP"],
        ["suite-none", "A256GCM"],
      ];
      for (const [keyName, algorithm] of refused) {
        await expect(provider().encrypt(nothing, { ...use, keyName, algorithm })).rejects.toThrow();
      }
      for (const [keyName, algorithm] of [
        ["suite-rsa", "ES256"],
        ["suite-p256", "RS256"],
        ["suite-aes", "HS256"],
        ["suite-p256", "EdDSA"],
      ] as const) {
        await expect(provider().sign(randomBytes(32), { keyName, algorithm })).rejects.toThrow();
      }
      const wrongLength = { keyName: "suite-rsa", algorithm: "RS256" };
      await expect(provider().sign(randomBytes(20), wrongLength)).rejects.toThrow();
    });

    // Declared last, because tests run in order and this one ends the component.
    afterAll(async () => {
      await opened?.close?.();
      await opened?.close?.();
      if (opened !== undefined) await expect(opened.getKey("suite-rsa")).rejects.toMatchObject({ code: "UNAVAILABLE" });
    });
  });
}

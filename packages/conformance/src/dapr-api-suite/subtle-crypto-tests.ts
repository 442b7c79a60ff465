import {
  createHash,
  createPublicKey,
  publicEncrypt,
  randomBytes,
  verify,
  constants,
  type KeyObject,
} from "node:crypto";
import type { EncryptionAlgorithm, SignatureAlgorithm } from "@mecha/sdk-core";
import { failureOf, uniqueName, type DaprApiFixture } from "./fixture.js";

interface Cipher {
  readonly algorithm: EncryptionAlgorithm;
  readonly keyName: string;
  readonly nonceBytes: number;
  /** Whether it authenticates, which needs a tag. */
  readonly tag?: boolean;
}

/** Every algorithm that encrypts with a key that the runtime keeps itself, and a key of the suite for each. */
const ciphers: readonly Cipher[] = [
  { algorithm: "A128CBC", keyName: "suite-aes-128", nonceBytes: 16 },
  { algorithm: "A192CBC", keyName: "suite-aes-192", nonceBytes: 16 },
  { algorithm: "A256CBC", keyName: "suite-aes", nonceBytes: 16 },
  { algorithm: "A128GCM", keyName: "suite-aes-128", nonceBytes: 12, tag: true },
  { algorithm: "A192GCM", keyName: "suite-aes-192", nonceBytes: 12, tag: true },
  { algorithm: "A256GCM", keyName: "suite-aes", nonceBytes: 12, tag: true },
  { algorithm: "A128CBC-HS256", keyName: "suite-aes", nonceBytes: 16, tag: true },
  { algorithm: "A192CBC-HS384", keyName: "suite-aes-384", nonceBytes: 16, tag: true },
  { algorithm: "A256CBC-HS512", keyName: "suite-aes-512", nonceBytes: 16, tag: true },
  { algorithm: "A128KW", keyName: "suite-aes-128", nonceBytes: 0 },
  { algorithm: "A192KW", keyName: "suite-aes-192", nonceBytes: 0 },
  { algorithm: "A256KW", keyName: "suite-aes", nonceBytes: 0 },
  { algorithm: "C20P", keyName: "suite-aes", nonceBytes: 12, tag: true },
  { algorithm: "C20PKW", keyName: "suite-aes", nonceBytes: 12, tag: true },
  { algorithm: "XC20P", keyName: "suite-aes", nonceBytes: 24, tag: true },
  { algorithm: "XC20PKW", keyName: "suite-aes", nonceBytes: 24, tag: true },
  ...(["RSA1_5", "RSA-OAEP", "RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"] as const).map((algorithm) => ({
    algorithm,
    keyName: "suite-rsa",
    nonceBytes: 0,
  })),
];

/** Every algorithm that signs, with a key, and its digest; `EdDSA` signs the message itself. */
const signatures: readonly (readonly [SignatureAlgorithm, string, string | undefined])[] = [
  ["ES256", "suite-p256", "sha256"],
  ["ES384", "suite-p384", "sha384"],
  ["ES512", "suite-p521", "sha512"],
  ["EdDSA", "suite-ed25519", undefined],
  ["PS256", "suite-rsa", "sha256"],
  ["PS384", "suite-rsa", "sha384"],
  ["PS512", "suite-rsa", "sha512"],
  ["RS256", "suite-rsa", "sha256"],
  ["RS384", "suite-rsa", "sha384"],
  ["RS512", "suite-rsa", "sha512"],
];

/** Subtle crypto: single operations with keys that stay in the vault, checked with Node's own crypto where it has the algorithm. */
export function subtleCryptoTests({ test: { expect }, block }: DaprApiFixture): void {
  block("crypto", (it) => {
    it("encrypts and decrypts, and wraps and unwraps keys, with every algorithm", async (name, { mecha }) => {
      const crypto = mecha.subtleCrypto(name);
      for (const { algorithm, keyName, nonceBytes, tag = false } of ciphers) {
        const plaintext = randomBytes(32);
        const options = {
          keyName,
          algorithm,
          nonce: randomBytes(nonceBytes),
          ...(tag && { associatedData: Buffer.from("beside it") }),
        };
        const encrypted = await crypto.encrypt(plaintext, options);
        expect(encrypted.tag.length > 0, algorithm).toBe(tag);
        expect(Buffer.from(encrypted.ciphertext).includes(plaintext), algorithm).toBe(false);
        const decrypted = await crypto.decrypt(encrypted.ciphertext, { ...options, tag: encrypted.tag });
        expect(Buffer.compare(decrypted, plaintext), algorithm).toBe(0);

        const wrapped = await crypto.wrapKey(plaintext, options);
        const unwrapped = await crypto.unwrapKey(wrapped.ciphertext, { ...options, tag: wrapped.tag });
        expect(Buffer.compare(unwrapped, plaintext), algorithm).toBe(0);
      }
    });

    it("does not decrypt what was changed, nor without what was beside it, and does not say why", async (name, {
      mecha,
    }) => {
      const crypto = mecha.subtleCrypto(name);
      const options = {
        keyName: "suite-aes",
        algorithm: "A256GCM",
        nonce: randomBytes(12),
        associatedData: Buffer.from("beside it"),
      } as const;
      const { ciphertext, tag } = await crypto.encrypt(Buffer.from("plain"), options);
      const changed = Buffer.from(ciphertext);
      changed[0] = (changed[0] ?? 0) ^ 1;
      const outcomes = await Promise.all([
        failureOf(crypto.decrypt(changed, { ...options, tag })),
        failureOf(crypto.decrypt(ciphertext, { ...options, tag, associatedData: Buffer.from("else") })),
        failureOf(crypto.decrypt(ciphertext, { ...options, tag: randomBytes(16) })),
        failureOf(crypto.unwrapKey(changed, { ...options, tag })),
      ]);
      expect(outcomes.map(({ grpcStatus }) => grpcStatus)).toEqual([13, 13, 13, 13]);
      expect(new Set(outcomes.slice(0, 3).map(({ message }) => message)).size).toBe(1);
    });

    it("signs and verifies with every algorithm, as Node verifies it", async (name, { mecha }) => {
      const crypto = mecha.subtleCrypto(name);
      const message = Buffer.from("a message to sign");
      for (const [algorithm, keyName, hash] of signatures) {
        const digest = hash === undefined ? message : createHash(hash).update(message).digest();
        const signature = await crypto.sign(digest, { keyName, algorithm });
        expect(await crypto.verify(digest, signature, { keyName, algorithm }), algorithm).toBe(true);
        const other = Buffer.from(digest);
        other[0] = (other[0] ?? 0) ^ 1;
        expect(await crypto.verify(other, signature, { keyName, algorithm }), algorithm).toBe(false);
        const key = createPublicKey(await crypto.getKey(keyName));
        expect(nodeVerifies(key, algorithm, hash, { message, signature }), algorithm).toBe(true);
      }
    });

    it("gives public keys as PEM and as JSON Web Key, and never a symmetric one", async (name, { mecha }) => {
      const crypto = mecha.subtleCrypto(name);
      const pem = createPublicKey(await crypto.getKey("suite-rsa"));
      const jwk = JSON.parse(await crypto.getKey("suite-rsa", { format: "jwk" })) as Record<string, string>;
      expect(jwk).not.toHaveProperty("d");
      expect(pem.export({ format: "jwk" })).toMatchObject({ kty: "RSA", n: jwk["n"], e: jwk["e"] });

      const ciphertext = publicEncrypt(
        { key: pem, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" },
        Buffer.from("from outside"),
      );
      const plaintext = await crypto.decrypt(ciphertext, { keyName: "suite-rsa", algorithm: "RSA-OAEP-256" });
      expect(Buffer.from(plaintext).toString()).toBe("from outside");

      for (const absent of ["suite-aes", uniqueName("key")]) {
        const failure = await failureOf(crypto.getKey(absent));
        expect([failure.grpcStatus, failure.message]).toEqual([
          13,
          expect.stringContaining(`failed to retrieve key ${absent}`),
        ]);
      }
    });

    it("refuses components that are not there, in every operation", async (_, { mecha }) => {
      const crypto = mecha.subtleCrypto(uniqueName("crypto"));
      const bytes = Buffer.from("bytes");
      const [encryption, signature] = [
        { keyName: "k", algorithm: "A256KW" } as const,
        { keyName: "k", algorithm: "ES256" } as const,
      ];
      const outcomes = await Promise.all([
        failureOf(crypto.getKey("k")),
        failureOf(crypto.encrypt(bytes, encryption)),
        failureOf(crypto.decrypt(bytes, encryption)),
        failureOf(crypto.wrapKey(bytes, encryption)),
        failureOf(crypto.unwrapKey(bytes, encryption)),
        failureOf(crypto.sign(bytes, signature)),
        failureOf(crypto.verify(bytes, bytes, signature)),
      ]);
      for (const { grpcStatus, message } of outcomes) {
        expect([grpcStatus, message]).toEqual([3, expect.stringMatching(/^crypto provider .* not found$/)]);
      }
    });
  });
}

function nodeVerifies(
  key: KeyObject,
  algorithm: SignatureAlgorithm,
  hash: string | undefined,
  { message, signature }: { readonly message: Uint8Array; readonly signature: Uint8Array },
): boolean {
  if (algorithm.startsWith("PS"))
    return verify(hash, message, { key, padding: constants.RSA_PKCS1_PSS_PADDING }, signature);
  if (algorithm.startsWith("ES")) return verify(hash, message, { key, dsaEncoding: "der" }, signature);
  return verify(hash, message, key, signature);
}

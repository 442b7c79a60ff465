import type { CipherUse, DecipherUse, Encrypted } from "@mecha/spec";
import { aeads, type Aead } from "./aead.js";
import { aesCiphers } from "./aes-cipher.js";
import { cryptoFailure, keyMismatch } from "./crypto-failure.js";
import { rsaCiphers } from "./rsa-cipher.js";
import type { VaultKey } from "./vault-key.js";

const noTag = Buffer.alloc(0);

/** Encrypts with a key of a vault; throws for an algorithm that is not supported, or not with this key. */
export function encryptWith(key: VaultKey, plaintext: Uint8Array, use: CipherUse): Encrypted {
  const { aead, aes, rsa } = ciphersOf(use.algorithm);
  if (rsa !== undefined) {
    return { ciphertext: rsa.encrypt(rsaKey(key, "public"), plaintext, use.associatedData), tag: noTag };
  }
  if (aead !== undefined) return aead.seal(checkedKey(key, aead, use), plaintext, use);
  return { ciphertext: aes.encrypt(symmetricKey(key, aes.keyBytes), plaintext, use.nonce), tag: noTag };
}

/** Decrypts with a key of a vault; throws for what does not decrypt, too. */
export function decryptWith(key: VaultKey, ciphertext: Uint8Array, use: DecipherUse): Buffer {
  const { aead, aes, rsa } = ciphersOf(use.algorithm);
  if (rsa !== undefined) return rsa.decrypt(rsaKey(key, "private"), ciphertext, use.associatedData);
  if (aead === undefined) return aes.decrypt(symmetricKey(key, aes.keyBytes), ciphertext, use.nonce);
  if (use.tag.length !== aead.tagBytes) throw cryptoFailure("invalid tag");
  return aead.open(checkedKey(key, aead, use), ciphertext, use);
}

function ciphersOf(algorithm: string) {
  // What every object inherits is no algorithm.
  const find = <T>(table: Readonly<Record<string, T>>): T | undefined =>
    Object.hasOwn(table, algorithm) ? table[algorithm] : undefined;
  const [aead, aes, rsa] = [find(aeads), find(aesCiphers), find(rsaCiphers)];
  if (aead !== undefined) return { aead };
  if (aes !== undefined) return { aes };
  if (rsa !== undefined) return { rsa };
  throw cryptoFailure("unsupported algorithm");
}

function checkedKey(key: VaultKey, aead: Aead, { nonce }: CipherUse): Buffer {
  const bytes = symmetricKey(key, aead.keyBytes);
  if (nonce.length !== aead.nonceBytes) throw cryptoFailure("invalid nonce");
  return bytes;
}

function symmetricKey(key: VaultKey, length: number): Buffer {
  if (key.kind !== "symmetric" || key.bytes.length !== length) throw keyMismatch();
  return key.bytes;
}

function rsaKey(key: VaultKey, part: "public" | "private") {
  if (key.kind !== "asymmetric" || key.publicKey.asymmetricKeyType !== "rsa") throw keyMismatch();
  const found = part === "public" ? key.publicKey : key.privateKey;
  if (found === undefined) throw keyMismatch();
  return found;
}

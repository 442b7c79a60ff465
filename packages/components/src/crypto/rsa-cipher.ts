import { constants, privateDecrypt, publicEncrypt, type KeyObject } from "node:crypto";
import { cryptoFailure } from "./crypto-failure.js";

/** RSA encryption of one short message. */
export interface RsaCipher {
  encrypt(key: KeyObject, plaintext: Uint8Array, label: Uint8Array): Buffer;
  decrypt(key: KeyObject, ciphertext: Uint8Array, label: Uint8Array): Buffer;
}

function rsaOaep(oaepHash: "sha1" | "sha256" | "sha384" | "sha512"): RsaCipher {
  const optionsOf = (key: KeyObject, label: Uint8Array) => ({
    key,
    padding: constants.RSA_PKCS1_OAEP_PADDING,
    oaepHash,
    ...(label.length > 0 && { oaepLabel: label }),
  });
  return {
    encrypt: (key, plaintext, label) => publicEncrypt(optionsOf(key, label), plaintext),
    decrypt: (key, ciphertext, label) => privateDecrypt(optionsOf(key, label), ciphertext),
  };
}

/**
 * PKCS #1 v1.5. Node refuses to take that padding away, because telling a wrong one from other failures lets an attacker decrypt
 * step by step; the runtime tells callers nothing of why a decryption failed, so it is done here, without stopping early.
 */
const rsaPkcs1: RsaCipher = {
  encrypt: (key, plaintext) => publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, plaintext),
  decrypt(key, ciphertext) {
    const block = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, ciphertext);
    // 00 02, at least eight bytes that are not zero, 00, message
    let isWrong = (block[0] ?? 1) | ((block[1] ?? 0) ^ 2);
    let separator = 0;
    for (let index = 2; index < block.length; index++) {
      const isFirstZero = block[index] === 0 && separator === 0;
      separator |= isFirstZero ? index : 0;
    }
    isWrong |= separator < 10 ? 1 : 0;
    if (isWrong !== 0) throw cryptoFailure("decryption error");
    return block.subarray(separator + 1);
  },
};

/** The RSA ciphers by Dapr's names. */
export const rsaCiphers: Readonly<Record<string, RsaCipher>> = {
  RSA1_5: rsaPkcs1,
  "RSA-OAEP": rsaOaep("sha1"),
  "RSA-OAEP-256": rsaOaep("sha256"),
  "RSA-OAEP-384": rsaOaep("sha384"),
  "RSA-OAEP-512": rsaOaep("sha512"),
};

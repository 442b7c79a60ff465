import { createCipheriv, createDecipheriv } from "node:crypto";
import { cryptoFailure } from "./crypto-failure.js";

/** A cipher that does not authenticate, or does so within the ciphertext. */
export interface AesCipher {
  readonly keyBytes: number;
  encrypt(key: Buffer, plaintext: Uint8Array, nonce: Uint8Array): Buffer;
  decrypt(key: Buffer, ciphertext: Uint8Array, nonce: Uint8Array): Buffer;
}

/** The initial value of AES Key Wrap (RFC 3394, section 2.2.3.1). */
const wrapValue = Buffer.alloc(8, 0xa6);

/** AES-CBC with PKCS #7 padding. */
function aesCbc(bits: 128 | 192 | 256): AesCipher {
  const name = `aes-${bits}-cbc`;
  const checkNonce = (nonce: Uint8Array): void => {
    if (nonce.length !== 16) throw cryptoFailure("invalid nonce");
  };
  return {
    keyBytes: bits / 8,
    encrypt(key, plaintext, nonce) {
      checkNonce(nonce);
      const cipher = createCipheriv(name, key, nonce);
      return Buffer.concat([cipher.update(plaintext), cipher.final()]);
    },
    decrypt(key, ciphertext, nonce) {
      checkNonce(nonce);
      const decipher = createDecipheriv(name, key, nonce);
      return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
    },
  };
}

/** AES Key Wrap (RFC 3394), for whole blocks of 8 bytes. */
function aesKeyWrap(bits: 128 | 192 | 256): AesCipher {
  const name = `id-aes${bits}-wrap`;
  return {
    keyBytes: bits / 8,
    encrypt(key, plaintext) {
      const cipher = createCipheriv(name, key, wrapValue);
      return Buffer.concat([cipher.update(plaintext), cipher.final()]);
    },
    decrypt(key, ciphertext) {
      const decipher = createDecipheriv(name, key, wrapValue);
      return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
    },
  };
}

/** The AES ciphers without a tag, by Dapr's names. */
export const aesCiphers: Readonly<Record<string, AesCipher>> = {
  A128CBC: aesCbc(128),
  A192CBC: aesCbc(192),
  A256CBC: aesCbc(256),
  A128KW: aesKeyWrap(128),
  A192KW: aesKeyWrap(192),
  A256KW: aesKeyWrap(256),
};

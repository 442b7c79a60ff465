import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  timingSafeEqual,
  type CipherGCMTypes,
  type CipherKey,
} from "node:crypto";
import type { CipherUse, DecipherUse, Encrypted } from "@mecha/spec";
import { cryptoFailure } from "./crypto-failure.js";
import { hchacha20 } from "./hchacha20.js";

/** A cipher that authenticates: the ciphertext, and what is beside it. */
export interface Aead {
  readonly keyBytes: number;
  readonly nonceBytes: number;
  readonly tagBytes: number;
  seal(key: Buffer, plaintext: Uint8Array, use: CipherUse): Encrypted;
  /** Throws if anything was changed. */
  open(key: Buffer, ciphertext: Uint8Array, use: DecipherUse): Buffer;
}

interface NodeCipher {
  readonly name: CipherGCMTypes | "chacha20-poly1305";
  readonly keyBytes: number;
  readonly nonceBytes: number;
  /** What Node's cipher gets for the key and nonce of this one. */
  readonly derive?: (key: Buffer, nonce: Uint8Array) => { readonly key: CipherKey; readonly nonce: Uint8Array };
}

const tagBytes = 16;

function nodeAead({ name, keyBytes, nonceBytes, derive }: NodeCipher): Aead {
  // Node's types tell ciphers apart by literal names; those here all take the length of the tag.
  const algorithm = name as "chacha20-poly1305";
  return {
    keyBytes,
    nonceBytes,
    tagBytes,
    seal(key, plaintext, { nonce, associatedData }) {
      const used = derive?.(key, nonce) ?? { key, nonce };
      const cipher = createCipheriv(algorithm, used.key, used.nonce, { authTagLength: tagBytes });
      cipher.setAAD(associatedData, { plaintextLength: plaintext.length });
      const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
      return { ciphertext, tag: cipher.getAuthTag() };
    },
    open(key, ciphertext, { nonce, associatedData, tag }) {
      const used = derive?.(key, nonce) ?? { key, nonce };
      const decipher = createDecipheriv(algorithm, used.key, used.nonce, { authTagLength: tagBytes });
      decipher.setAAD(associatedData, { plaintextLength: ciphertext.length });
      decipher.setAuthTag(tag);
      return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
    },
  };
}

function aesGcm(bits: 128 | 192 | 256): Aead {
  return nodeAead({ name: `aes-${bits}-gcm`, keyBytes: bits / 8, nonceBytes: 12 });
}

/** AES-CBC with HMAC: the first half of the key authenticates, the second encrypts (RFC 7518, section 5.2). */
function aesCbcHmac(bits: 128 | 192 | 256, hash: "sha256" | "sha384" | "sha512"): Aead {
  const half = bits / 8;
  const tagOf = (key: Buffer, ciphertext: Uint8Array, { nonce, associatedData }: CipherUse): Buffer => {
    const length = Buffer.alloc(8);
    length.writeBigUInt64BE(BigInt(associatedData.length) * 8n);
    const hmac = createHmac(hash, key.subarray(0, half));
    for (const part of [associatedData, nonce, ciphertext, length]) hmac.update(part);
    return hmac.digest().subarray(0, half);
  };
  return {
    keyBytes: half * 2,
    nonceBytes: 16,
    tagBytes: half,
    seal(key, plaintext, use) {
      const cipher = createCipheriv(`aes-${bits}-cbc`, key.subarray(half), use.nonce);
      const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
      return { ciphertext, tag: tagOf(key, ciphertext, use) };
    },
    open(key, ciphertext, use) {
      if (!timingSafeEqual(tagOf(key, ciphertext, use), use.tag)) throw cryptoFailure("message authentication failed");
      const decipher = createDecipheriv(`aes-${bits}-cbc`, key.subarray(half), use.nonce);
      return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
    },
  };
}

const chacha = nodeAead({ name: "chacha20-poly1305", keyBytes: 32, nonceBytes: 12 });

const xchacha = nodeAead({
  name: "chacha20-poly1305",
  keyBytes: 32,
  nonceBytes: 24,
  derive: (key, nonce) => ({
    key: hchacha20(key, nonce.subarray(0, 16)),
    nonce: Buffer.concat([Buffer.alloc(4), nonce.subarray(16)]),
  }),
});

/** The ciphers that authenticate, by Dapr's names. */
export const aeads: Readonly<Record<string, Aead>> = {
  A128GCM: aesGcm(128),
  A192GCM: aesGcm(192),
  A256GCM: aesGcm(256),
  "A128CBC-HS256": aesCbcHmac(128, "sha256"),
  "A192CBC-HS384": aesCbcHmac(192, "sha384"),
  "A256CBC-HS512": aesCbcHmac(256, "sha512"),
  C20P: chacha,
  C20PKW: chacha,
  XC20P: xchacha,
  XC20PKW: xchacha,
};

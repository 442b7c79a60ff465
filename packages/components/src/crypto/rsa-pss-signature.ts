import {
  constants,
  createHash,
  privateEncrypt,
  publicDecrypt,
  randomBytes,
  timingSafeEqual,
  type KeyObject,
} from "node:crypto";
import { cryptoFailure } from "./crypto-failure.js";
import type { SignatureScheme } from "./signatures.js";

/**
 * RSASSA-PSS over a digest (RFC 8017, sections 8.1 and 9.1), with the hash for MGF1 too. Node's own `sign` makes the digest itself,
 * and Dapr's API brings it. The salt is as long as the hash, as RFC 7518 wants; a signature with any salt is verified, as by daprd.
 */
export function rsaPssSignature(hash: "sha256" | "sha384" | "sha512", hashBytes: 32 | 48 | 64): SignatureScheme {
  const hashOf = (...parts: readonly Uint8Array[]): Buffer => {
    const state = createHash(hash);
    for (const part of parts) state.update(part);
    return state.digest();
  };

  /** MGF1: as many bytes as are asked for, out of a seed. */
  const mask = (seed: Uint8Array, length: number): Buffer => {
    const blocks = Array.from({ length: Math.ceil(length / hashBytes) }, (_, index) => {
      const counter = Buffer.alloc(4);
      counter.writeUInt32BE(index);
      return hashOf(seed, counter);
    });
    return Buffer.concat(blocks).subarray(0, length);
  };

  const saltedHash = (digest: Uint8Array, salt: Uint8Array): Buffer => hashOf(Buffer.alloc(8), digest, salt);

  const checkDigest = (digest: Uint8Array): void => {
    if (digest.length !== hashBytes) throw cryptoFailure("the digest has not the length of the algorithm's hash");
  };

  return {
    keyType: "rsa",
    async sign(key, digest) {
      checkDigest(digest);
      const bits = modulusBits(key) - 1;
      const length = Math.ceil(bits / 8);
      if (length < hashBytes * 2 + 2) throw cryptoFailure("the key is too short for the algorithm");
      const salt = randomBytes(hashBytes);
      const digestMark = saltedHash(digest, salt);
      const data = Buffer.concat([Buffer.alloc(length - hashBytes * 2 - 2), Buffer.from([1]), salt]);
      const masked = xor(data, mask(digestMark, data.length));
      masked[0] = (masked[0] ?? 0) & topMask(bits);
      const encoded = Buffer.concat([masked, digestMark, Buffer.from([0xbc])]);
      return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, padded(encoded, modulusBits(key)));
    },
    async verify(key, digest, signature) {
      checkDigest(digest);
      const bits = modulusBits(key) - 1;
      const length = Math.ceil(bits / 8);
      const encoded = recovered(key, signature)?.subarray(-length);
      if (encoded?.length !== length || length < hashBytes + 2 || encoded.at(-1) !== 0xbc) return false;
      const masked = encoded.subarray(0, length - hashBytes - 1);
      const digestMark = encoded.subarray(length - hashBytes - 1, length - 1);
      if (((masked[0] ?? 0) & ~topMask(bits)) !== 0) return false;
      const data = xor(masked, mask(digestMark, masked.length));
      data[0] = (data[0] ?? 0) & topMask(bits);
      const start = data.findIndex((byte) => byte !== 0);
      if (data[start] !== 1) return false;
      return timingSafeEqual(saltedHash(digest, data.subarray(start + 1)), digestMark);
    },
  };
}

function recovered(key: KeyObject, signature: Uint8Array): Buffer | undefined {
  try {
    return publicDecrypt({ key, padding: constants.RSA_NO_PADDING }, signature);
  } catch {
    return undefined; // of another length, or more than the modulus
  }
}

function modulusBits(key: KeyObject): number {
  return key.asymmetricKeyDetails?.modulusLength ?? 0;
}

/** The bits of the first byte that a number of so many bits may have. */
function topMask(bits: number): number {
  return 0xff >>> ((8 - (bits % 8)) % 8);
}

/** As long as the modulus: where its bits are one more than a multiple of eight, the encoding is a byte shorter. */
function padded(encoded: Buffer, bits: number): Buffer {
  return Buffer.concat([Buffer.alloc(Math.ceil(bits / 8) - encoded.length), encoded]);
}

function xor(left: Uint8Array, right: Uint8Array): Buffer {
  return Buffer.from(left.map((byte, index) => byte ^ (right[index] ?? 0)));
}

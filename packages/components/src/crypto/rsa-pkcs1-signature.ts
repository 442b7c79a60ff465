import { constants, privateEncrypt, publicDecrypt, timingSafeEqual, type KeyObject } from "node:crypto";
import { cryptoFailure } from "./crypto-failure.js";
import type { SignatureScheme } from "./signatures.js";

/** What goes before a digest, by its bytes: the DER of "a digest of this algorithm follows" (RFC 8017, section 9.2). */
const prefixes: Readonly<Record<number, string>> = {
  32: "3031300d060960864801650304020105000420",
  48: "3041300d060960864801650304020205000430",
  64: "3051300d060960864801650304020305000440",
};

/** RSASSA-PKCS1-v1_5 over a digest. Node's own `sign` makes the digest itself, and Dapr's API brings it. */
export function rsaPkcs1Signature(hashBytes: 32 | 48 | 64): SignatureScheme {
  const infoOf = (digest: Uint8Array): Buffer => {
    if (digest.length !== hashBytes) throw cryptoFailure("the digest has not the length of the algorithm's hash");
    return Buffer.concat([Buffer.from(prefixes[hashBytes] ?? "", "hex"), digest]);
  };
  const padding = constants.RSA_PKCS1_PADDING;
  return {
    keyType: "rsa",
    sign: async (key: KeyObject, digest) => privateEncrypt({ key, padding }, infoOf(digest)),
    async verify(key, digest, signature) {
      const expected = infoOf(digest);
      try {
        const signed = publicDecrypt({ key, padding }, signature);
        return signed.length === expected.length && timingSafeEqual(signed, expected);
      } catch {
        return false;
      }
    },
  };
}

import { sign, verify, type KeyObject } from "node:crypto";
import { cryptoFailure, keyMismatch } from "./crypto-failure.js";
import { ecdsaSignature } from "./ecdsa-signature.js";
import { rsaPkcs1Signature } from "./rsa-pkcs1-signature.js";
import { rsaPssSignature } from "./rsa-pss-signature.js";
import type { VaultKey } from "./vault-key.js";

/** One way to sign digests. */
export interface SignatureScheme {
  /** The type of its keys, in Node's words. */
  readonly keyType: "rsa" | "ec" | "ed25519";
  sign(key: KeyObject, digest: Uint8Array): Promise<Uint8Array>;
  verify(key: KeyObject, digest: Uint8Array, signature: Uint8Array): Promise<boolean>;
}

/** Signs and verifies with keys of a vault. */
export interface Signatures {
  /** Throws for an algorithm that is not supported, or not with this key. */
  sign(key: VaultKey, digest: Uint8Array, algorithm: string): Promise<Uint8Array>;
  verify(
    key: VaultKey,
    digest: Uint8Array,
    use: { readonly algorithm: string; readonly signature: Uint8Array },
  ): Promise<boolean>;
}

/** Ed25519, which hashes by itself: the digest is the message. */
const edDsa: SignatureScheme = {
  keyType: "ed25519",
  sign: async (key, message) => sign(null, message, key),
  verify: async (key, message, signature) => verify(null, message, key, signature),
};

/** Makes the signatures of a component; `loadCurves` loads what `ES…` needs, when it is first needed. */
export function createSignatures(loadCurves: Parameters<typeof ecdsaSignature>[0]): Signatures {
  const ecdsa = ecdsaSignature(loadCurves);
  const schemes: Readonly<Record<string, SignatureScheme>> = {
    RS256: rsaPkcs1Signature(32),
    RS384: rsaPkcs1Signature(48),
    RS512: rsaPkcs1Signature(64),
    PS256: rsaPssSignature("sha256", 32),
    PS384: rsaPssSignature("sha384", 48),
    PS512: rsaPssSignature("sha512", 64),
    ES256: ecdsa,
    ES384: ecdsa,
    ES512: ecdsa,
    EdDSA: edDsa,
  };
  const open = (key: VaultKey, algorithm: string, part: "publicKey" | "privateKey") => {
    const scheme = Object.hasOwn(schemes, algorithm) ? schemes[algorithm] : undefined;
    if (scheme === undefined) throw cryptoFailure("unsupported algorithm");
    if (key.kind !== "asymmetric" || key.publicKey.asymmetricKeyType !== scheme.keyType) throw keyMismatch();
    const { [part]: found } = key;
    if (found === undefined) throw keyMismatch();
    return { scheme, found };
  };
  return {
    async sign(key, digest, algorithm) {
      const { scheme, found } = open(key, algorithm, "privateKey");
      return scheme.sign(found, digest);
    },
    async verify(key, digest, { algorithm, signature }) {
      const { scheme, found } = open(key, algorithm, "publicKey");
      return scheme.verify(found, digest, signature);
    },
  };
}

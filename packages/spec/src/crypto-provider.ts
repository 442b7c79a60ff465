import type { Component } from "./component.js";

/** The public part of a key, or a symmetric one, as a JSON Web Key (RFC 7517). */
export type JsonWebKey = Readonly<Record<string, unknown>>;

/** A public key under the name by which its provider knows it. */
export interface PublicKey {
  /** The key's own id where it has one, else the name that was asked for. */
  readonly name: string;
  readonly jwk: JsonWebKey;
}

/** What is done with which key. */
export interface KeyUse {
  /** Name of the key in the provider. */
  readonly keyName: string;
  /** Dapr's name of the algorithm, for example `A256GCM`, `RSA-OAEP-256`, `ES256`. */
  readonly algorithm: string;
}

/** What is encrypted with, besides the key. */
export interface CipherUse extends KeyUse {
  /** Nonce or initialization vector, in the length that the algorithm wants; empty for those without. */
  readonly nonce: Uint8Array;
  /** Bytes that are authenticated along with the ciphertext; ignored by algorithms that do not authenticate. */
  readonly associatedData: Uint8Array;
}

/** What is decrypted with, besides the key. */
export interface DecipherUse extends CipherUse {
  /** The tag of an algorithm that authenticates; empty for the others. */
  readonly tag: Uint8Array;
}

/** What came out of an encryption. */
export interface Encrypted {
  readonly ciphertext: Uint8Array;
  /** The tag of an algorithm that authenticates; empty for the others. */
  readonly tag: Uint8Array;
}

/** How long an operation may take. */
export interface CryptoOptions {
  readonly signal?: AbortSignal;
}

/**
 * Keys that never leave their vault, and what can be done with them. Rejections may say what went wrong, which is logged; the
 * runtime tells callers that an operation failed and no more, so that nobody learns from the difference.
 */
export interface CryptoProvider extends Component {
  /** The public part of an asymmetric key; rejects with `NOT_FOUND` for one that is symmetric or not there. */
  getKey(keyName: string, options?: CryptoOptions): Promise<PublicKey>;
  /** Encrypts a short message. */
  encrypt(plaintext: Uint8Array, use: CipherUse, options?: CryptoOptions): Promise<Encrypted>;
  /** Decrypts a short message. */
  decrypt(ciphertext: Uint8Array, use: DecipherUse, options?: CryptoOptions): Promise<Uint8Array>;
  /** Encrypts a key: the bytes of a symmetric one, PKCS #8 or SPKI (DER) of another. */
  wrapKey(plaintextKey: Uint8Array, use: CipherUse, options?: CryptoOptions): Promise<Encrypted>;
  /** Decrypts a key; gives the bytes that were wrapped. */
  unwrapKey(wrappedKey: Uint8Array, use: DecipherUse, options?: CryptoOptions): Promise<Uint8Array>;
  /** Signs a digest; `EdDSA` signs the message itself. Signatures of `ES…` are DER, as daprd's. */
  sign(digest: Uint8Array, use: KeyUse, options?: CryptoOptions): Promise<Uint8Array>;
  /** Whether a signature is that of this key for this digest. */
  verify(
    digest: Uint8Array,
    use: KeyUse & { readonly signature: Uint8Array },
    options?: CryptoOptions,
  ): Promise<boolean>;
}

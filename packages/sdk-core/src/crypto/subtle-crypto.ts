import { MechaError } from "@mecha/spec";
import type { FacadeContext } from "../facade-context.js";
import { SubtleGetKeyRequest_KeyFormat } from "../generated/dapr/proto/runtime/v1/crypto.js";
import { cryptoMethods } from "../generated/methods/crypto.js";
import { callOf, type CallEnd } from "../transport/call-options.js";
import type { CallSubject } from "../transport/call-subject.js";
import type { EncryptionAlgorithm, SignatureAlgorithm } from "./subtle-algorithms.js";

/** Form of a public key: PEM (SubjectPublicKeyInfo), or a JSON Web Key. */
export type PublicKeyFormat = "pem" | "jwk";

/** Which key to use, and how. */
export interface SubtleOptions<A extends string> extends CallEnd {
  /** Name of the key in the component's vault. */
  readonly keyName: string;
  readonly algorithm: A;
}

/** How to encrypt, or to wrap a key. */
export interface SubtleEncryptOptions extends SubtleOptions<EncryptionAlgorithm> {
  /** Initialization vector, of the length that the algorithm wants; none for RSA and AES key wrap. */
  readonly nonce?: Uint8Array;
  /** What is authenticated, but not encrypted; for algorithms that authenticate. */
  readonly associatedData?: Uint8Array;
}

/** How to decrypt, or to unwrap a key: as it was encrypted. */
export interface SubtleDecryptOptions extends SubtleEncryptOptions {
  /** The tag that the encryption gave. */
  readonly tag?: Uint8Array;
}

/** Something encrypted. */
export interface Encrypted {
  readonly ciphertext: Uint8Array;
  /** Proves that nothing was changed; empty for algorithms that do not authenticate. */
  readonly tag: Uint8Array;
}

/** How to read a public key. */
export interface GetKeyOptions extends CallEnd {
  /** @defaultValue `"pem"` */
  readonly format?: PublicKeyFormat;
}

/**
 * Single operations with keys that the app never sees (Dapr's subtle crypto API), on at most 4 MiB at once. Use
 * `mecha.crypto()` for documents.
 *
 * daprd has it only when built with the tag `subtlecrypto`; all operations are `UNIMPLEMENTED` otherwise. An operation that
 * fails is `INTERNAL`, and says nothing of the cause: it could help whoever tries.
 */
export interface SubtleCrypto {
  /**
   * Reads the public part of an asymmetric key (SubtleGetKeyAlpha1).
   *
   * @throws MechaError `INTERNAL` for a symmetric key, which has none, or for none at all.
   */
  getKey(keyName: string, options?: GetKeyOptions): Promise<string>;
  /** Encrypts (SubtleEncryptAlpha1). */
  encrypt(plaintext: Uint8Array, options: SubtleEncryptOptions): Promise<Encrypted>;
  /** Decrypts (SubtleDecryptAlpha1). */
  decrypt(ciphertext: Uint8Array, options: SubtleDecryptOptions): Promise<Uint8Array>;
  /** Encrypts a symmetric key (SubtleWrapKeyAlpha1): its bytes, a JSON Web Key or PEM. */
  wrapKey(key: Uint8Array, options: SubtleEncryptOptions): Promise<Encrypted>;
  /** Decrypts a key (SubtleUnwrapKeyAlpha1); gives its bytes. */
  unwrapKey(wrappedKey: Uint8Array, options: SubtleDecryptOptions): Promise<Uint8Array>;
  /** Signs a digest (SubtleSignAlpha1); the message itself for `EdDSA`. */
  sign(digest: Uint8Array, options: SubtleOptions<SignatureAlgorithm>): Promise<Uint8Array>;
  /** Says whether a signature of a digest is the key's (SubtleVerifyAlpha1). */
  verify(digest: Uint8Array, signature: Uint8Array, options: SubtleOptions<SignatureAlgorithm>): Promise<boolean>;
}

/** Makes the facade for single operations of one crypto component. */
export function createSubtleCrypto({ transport }: FacadeContext, componentName: string): SubtleCrypto {
  // Nothing is changed in the vault: each operation may be done twice.
  const subjectOf = (verb: string): CallSubject => ({
    operation: `subtleCrypto.${verb}`,
    component: componentName,
    idempotent: true,
  });
  const gettingKey = subjectOf("getKey");
  const encrypting = subjectOf("encrypt");
  const decrypting = subjectOf("decrypt");
  const wrapping = subjectOf("wrapKey");
  const unwrapping = subjectOf("unwrapKey");
  const signing = subjectOf("sign");
  const verifying = subjectOf("verify");

  return {
    async getKey(name, { format = "pem", ...end } = {}) {
      const request = { componentName, name, format: formats[format] };
      const reply = await transport.unary(cryptoMethods.subtleGetKeyAlpha1, request, callOf(gettingKey, end));
      return present(reply.publicKey, gettingKey);
    },
    async encrypt(plaintext, options) {
      const request = { ...keyOf(componentName, options), plaintext: bytes(plaintext) };
      return transport.unary(cryptoMethods.subtleEncryptAlpha1, request, callOf(encrypting, options));
    },
    async decrypt(ciphertext, options) {
      const request = { ...keyOf(componentName, options), ciphertext: bytes(ciphertext), tag: bytes(options.tag) };
      return (await transport.unary(cryptoMethods.subtleDecryptAlpha1, request, callOf(decrypting, options))).plaintext;
    },
    async wrapKey(key, options) {
      const request = { ...keyOf(componentName, options), plaintextKey: bytes(key) };
      const reply = await transport.unary(cryptoMethods.subtleWrapKeyAlpha1, request, callOf(wrapping, options));
      return { ciphertext: present(reply.wrappedKey, wrapping), tag: reply.tag };
    },
    async unwrapKey(wrappedKey, options) {
      const request = { ...keyOf(componentName, options), wrappedKey: bytes(wrappedKey), tag: bytes(options.tag) };
      const reply = await transport.unary(cryptoMethods.subtleUnwrapKeyAlpha1, request, callOf(unwrapping, options));
      return present(reply.plaintextKey, unwrapping);
    },
    async sign(digest, { keyName, algorithm, ...end }) {
      const request = { componentName, keyName, algorithm, digest: bytes(digest) };
      const reply = await transport.unary(cryptoMethods.subtleSignAlpha1, request, callOf(signing, end));
      return present(reply.signature, signing);
    },
    async verify(digest, signature, { keyName, algorithm, ...end }) {
      const request = { componentName, keyName, algorithm, digest: bytes(digest), signature: bytes(signature) };
      return (await transport.unary(cryptoMethods.subtleVerifyAlpha1, request, callOf(verifying, end))).valid;
    },
  };
}

const formats: Readonly<Record<PublicKeyFormat, SubtleGetKeyRequest_KeyFormat>> = {
  pem: SubtleGetKeyRequest_KeyFormat.PEM,
  jwk: SubtleGetKeyRequest_KeyFormat.JSON,
};

function keyOf(componentName: string, { keyName, algorithm, nonce, associatedData }: SubtleEncryptOptions) {
  return { componentName, keyName, algorithm, nonce: bytes(nonce), associatedData: bytes(associatedData) };
}

function bytes(value: Uint8Array = Buffer.alloc(0)): Buffer {
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

/** A key or a signature is never empty: what is, was lost on the way. */
function present<T extends string | Uint8Array>(value: T, { operation, component = "" }: CallSubject): T {
  if (value.length > 0) return value;
  throw new MechaError("DATA_LOSS", `${operation} on "${component}" was answered with nothing`, {
    operation,
    component,
  });
}

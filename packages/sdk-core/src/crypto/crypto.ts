import { MechaError } from "@mecha/spec";
import type { FacadeContext } from "../facade-context.js";
import { cryptoMethods } from "../generated/methods/crypto.js";
import { callOf, type CallEnd } from "../transport/call-options.js";
import { collectBytes } from "./collect-bytes.js";
import { requestsOf, SourceFailure, type ByteSource } from "./crypto-requests.js";
import { payloadsOf } from "./crypto-replies.js";

/**
 * How the key of a document is wrapped by the named key; `AES` stands for `A256KW`, `RSA` for `RSA-OAEP-256`. Those without
 * padding (`…-NOPAD`) are for vaults that have them: daprd refuses them for keys that it keeps itself.
 */
export type KeyWrapAlgorithm =
  | "A256KW"
  | "A128CBC-NOPAD"
  | "A192CBC-NOPAD"
  | "A256CBC-NOPAD"
  | "RSA-OAEP-256"
  | "AES"
  | "RSA";

/** How a document itself is encrypted. */
export type DataCipher = "aes-gcm" | "chacha20-poly1305";

/** How to encrypt a document. */
export interface EncryptOptions extends CallEnd {
  /** Name of the key in the component's vault. */
  readonly keyName: string;
  /** What the key is used with; it has to fit the kind of key. */
  readonly keyWrapAlgorithm: KeyWrapAlgorithm;
  /** @defaultValue `"aes-gcm"` */
  readonly cipher?: DataCipher;
  /** Leaves the name of the key out of the document; whoever decrypts it has to know it. @defaultValue `false` */
  readonly omitKeyName?: boolean;
  /** Name of the key that the document says to decrypt it with. @defaultValue `keyName` */
  readonly decryptionKeyName?: string;
}

/** How to decrypt a document. */
export interface DecryptOptions extends CallEnd {
  /** Name of the key. @defaultValue the one that the document names */
  readonly keyName?: string;
}

/**
 * Encryption of whole documents with keys that the app never sees (Dapr's crypto building block), in Dapr's format
 * `dapr.io/enc/v1`: a header, then segments of 64 KiB that are each authenticated, with their order and the last one.
 *
 * Documents may be larger than memory: they are read and sent piece by piece, as fast as the result is taken.
 */
export interface Crypto {
  /** Encrypts a document (EncryptAlpha1) and gathers the result. */
  encrypt(document: ByteSource, options: EncryptOptions): Promise<Uint8Array>;
  /** Encrypts a document (EncryptAlpha1) piece by piece. */
  encryptStream(document: ByteSource, options: EncryptOptions): AsyncIterable<Uint8Array>;
  /**
   * Decrypts a document (DecryptAlpha1): all of it or nothing.
   *
   * @throws MechaError `INTERNAL` if the document is damaged, is cut off, or the key is another: the runtime does not say which.
   */
  decrypt(document: ByteSource, options?: DecryptOptions): Promise<Uint8Array>;
  /**
   * Decrypts a document (DecryptAlpha1) piece by piece. Each piece is genuine, but that the document is complete is known only
   * when the iteration ends without an error: whoever writes pieces somewhere has to undo that when it throws.
   */
  decryptStream(document: ByteSource, options?: DecryptOptions): AsyncIterable<Uint8Array>;
}

/** Makes the facade of one crypto component. */
export function createCrypto({ transport }: FacadeContext, componentName: string): Crypto {
  const encrypting = { operation: "crypto.encrypt", component: componentName };
  const decrypting = { operation: "crypto.decrypt", component: componentName };

  const crypto: Crypto = {
    async *encryptStream(document, options) {
      const { keyName, keyWrapAlgorithm, cipher, omitKeyName = false, decryptionKeyName = "", ...end } = options;
      const sent = {
        componentName,
        keyName,
        keyWrapAlgorithm,
        dataEncryptionCipher: cipher ?? "",
        omitDecryptionKeyName: omitKeyName,
        decryptionKeyName,
      };
      const failure = new SourceFailure(encrypting);
      const requests = requestsOf(document, sent, failure);
      let isEmpty = true;
      for await (const piece of failure.instead(
        payloadsOf(transport.stream(cryptoMethods.encryptAlpha1, requests, callOf(encrypting, end)), encrypting),
      )) {
        isEmpty = false;
        yield piece;
      }
      // Even the encryption of nothing has a header.
      if (isEmpty) throw new MechaError("DATA_LOSS", `"${componentName}" encrypted to nothing at all`, encrypting);
    },
    async *decryptStream(document, { keyName = "", ...end } = {}) {
      const failure = new SourceFailure(decrypting);
      const requests = requestsOf(document, { componentName, keyName }, failure);
      yield* failure.instead(
        payloadsOf(transport.stream(cryptoMethods.decryptAlpha1, requests, callOf(decrypting, end)), decrypting),
      );
    },
    encrypt: (document, options) => collectBytes(crypto.encryptStream(document, options)),
    decrypt: (document, options) => collectBytes(crypto.decryptStream(document, options)),
  };
  return crypto;
}

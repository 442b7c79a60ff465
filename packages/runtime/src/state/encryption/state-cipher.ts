import { createCipheriv, createDecipheriv, randomBytes, type CipherGCMTypes } from "node:crypto";
import { MechaError } from "@mecha/spec";

/** A key, and the name under which values say that they were encrypted with it. */
export interface NamedKey {
  /** The name of the secret that holds it. */
  readonly name: string;
  /** 16, 24 or 32 bytes. */
  readonly bytes: Uint8Array;
}

/** Encrypts and decrypts values of a state store. */
export interface StateCipher {
  /** What is stored for a value. */
  seal(value: Uint8Array): Uint8Array;
  /**
   * The value that was stored.
   *
   * @throws MechaError `DATA_LOSS` for what was not encrypted, or with none of the keys
   */
  open(stored: Uint8Array): Uint8Array;
}

const nonceBytes = 12;
const tagBytes = 16;
const separator = "||";

/**
 * daprd's encryption at rest (`pkg/encryption` of dapr 1.18.2): AES-GCM with a random nonce. What is stored is the base64 of nonce,
 * ciphertext and tag, then `||` and the name of the key.
 *
 * @param keys - the first encrypts; all decrypt what names them
 */
export function createStateCipher(keys: readonly [NamedKey, ...NamedKey[]]): StateCipher {
  const [primary] = keys;
  return {
    seal(value) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithmOf(primary), primary.bytes, nonce);
      const ciphertext = Buffer.concat([nonce, cipher.update(value), cipher.final(), cipher.getAuthTag()]);
      return Buffer.from(ciphertext.toString("base64") + separator + primary.name, "utf8");
    },
    open(stored) {
      // As daprd has it: nothing is encrypted as something, so nothing is what was never encrypted.
      if (stored.length === 0) return stored;
      const text = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength).toString("utf8");
      const end = text.lastIndexOf(separator);
      const name = text.slice(end + separator.length);
      if (end < 0 || name === "") throw unreadable("it was not encrypted: it names no key");
      const named = keys.filter((key) => key.name === name);
      if (named.length === 0) {
        throw unreadable(`it was encrypted with the key "${name}"; make that one the secondaryEncryptionKey`);
      }
      const sealed = Buffer.from(text.slice(0, end), "base64");
      const value = named.map((key) => openWith(key, sealed)).find((opened) => opened !== undefined);
      if (value === undefined) throw unreadable(`the key "${name}" is another than it was encrypted with`);
      return value;
    },
  };
}

function openWith(key: NamedKey, sealed: Buffer): Buffer | undefined {
  if (sealed.length < nonceBytes + tagBytes) return undefined;
  const decipher = createDecipheriv(algorithmOf(key), key.bytes, sealed.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()]);
  } catch {
    // The tag does not fit: another key, or a value that was changed.
    return undefined;
  }
}

function algorithmOf({ bytes }: NamedKey): CipherGCMTypes {
  if (bytes.length === 16) return "aes-128-gcm";
  return bytes.length === 24 ? "aes-192-gcm" : "aes-256-gcm";
}

function unreadable(problem: string): MechaError {
  return new MechaError("DATA_LOSS", `could not decrypt the value: ${problem}`, { operation: "state.get" });
}

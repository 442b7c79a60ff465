import { createCipheriv, createDecipheriv, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { noncePrefixBytes, schemeName, tagBytes, type SegmentCipher } from "./document-format.js";

/** Length of a document's own key, in bytes. */
export const fileKeyBytes = 32;

/** One piece of a document. */
export interface Segment {
  readonly data: Buffer;
  /** 0 for the first. */
  readonly index: number;
  readonly isLast: boolean;
}

/** What a document's own key does. */
export interface FileKey {
  /** The header of a document: its three lines. */
  signHeader(manifest: string): Buffer;
  /** Whether the third line fits the two before it. */
  verifiesHeader(manifest: Buffer, signature: string): boolean;
  seal(segment: Segment): Buffer;
  /** Throws if anything was changed, the position included. */
  open(segment: Segment): Buffer;
}

const nodeNames = { "AES-GCM": "aes-256-gcm", "CHACHA20-POLY1305": "chacha20-poly1305" } as const;

/** Derives from a document's own key what signs its header and what encrypts its segments. */
export function createFileKey(key: Uint8Array, noncePrefix: Uint8Array, cipher: SegmentCipher): FileKey {
  const derived = (salt: Uint8Array, purpose: string) => Buffer.from(hkdfSync("sha256", key, salt, purpose, 32));
  const headerKey = derived(new Uint8Array(), "header");
  const payloadKey = derived(noncePrefix, "payload");
  // Node's types tell ciphers apart by literal names; both take the length of the tag.
  const name = nodeNames[cipher] as "chacha20-poly1305";

  const macOf = (manifest: Uint8Array): Buffer =>
    createHmac("sha256", headerKey).update(`${schemeName}\n`).update(manifest).update("\n").digest();

  const nonceOf = ({ index, isLast }: Segment): Buffer => {
    const nonce = Buffer.alloc(noncePrefixBytes + 5);
    nonce.set(noncePrefix);
    nonce.writeUInt32BE(index, noncePrefixBytes);
    nonce[noncePrefixBytes + 4] = isLast ? 1 : 0;
    return nonce;
  };

  return {
    signHeader(manifest) {
      return Buffer.from(`${schemeName}\n${manifest}\n${macOf(Buffer.from(manifest)).toString("base64")}\n`);
    },
    verifiesHeader(manifest, signature) {
      const [given, expected] = [Buffer.from(signature, "base64"), macOf(manifest)];
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
    seal(segment) {
      const sealing = createCipheriv(name, payloadKey, nonceOf(segment), { authTagLength: tagBytes });
      return Buffer.concat([sealing.update(segment.data), sealing.final(), sealing.getAuthTag()]);
    },
    open(segment) {
      const { data } = segment;
      if (data.length < tagBytes) throw new Error("failed to decrypt segment");
      const opening = createDecipheriv(name, payloadKey, nonceOf(segment), { authTagLength: tagBytes });
      opening.setAuthTag(data.subarray(-tagBytes));
      try {
        return Buffer.concat([opening.update(data.subarray(0, -tagBytes)), opening.final()]);
      } catch {
        throw new Error("failed to decrypt segment");
      }
    },
  };
}

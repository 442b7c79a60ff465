import { randomBytes } from "node:crypto";
import { noncePrefixBytes, segmentBytes, writeManifest, type SegmentCipher } from "./document-format.js";
import { createFileKey, fileKeyBytes } from "./file-key.js";
import { segmentsOf } from "./segments.js";

/** How to encrypt a document. */
export interface EncryptDocumentOptions {
  readonly keyWrapAlgorithm: string;
  readonly cipher: SegmentCipher;
  /** Name of the key that the document says to decrypt it with; empty to leave it out. */
  readonly keyName: string;
  /** Encrypts the document's own key. */
  readonly wrapKey: (fileKey: Buffer) => Promise<Uint8Array>;
}

/** Encrypts a document in the format `dapr.io/enc/v1`, piece by piece: first its header, then a piece for each segment. */
export async function* encryptDocument(
  pieces: AsyncIterable<Buffer>,
  options: EncryptDocumentOptions,
): AsyncGenerator<Buffer, void, undefined> {
  const { keyWrapAlgorithm, cipher, keyName, wrapKey } = options;
  const key = randomBytes(fileKeyBytes);
  const noncePrefix = randomBytes(noncePrefixBytes);
  const wrappedFileKey = await wrapKey(key);
  const fileKey = createFileKey(key, noncePrefix, cipher);
  const manifest = writeManifest({ keyName, keyWrapAlgorithm, wrappedFileKey, cipher, noncePrefix });
  const header = fileKey.signHeader(manifest);
  if (header.length > segmentBytes) throw new Error("failed to sign header: header is too long");
  yield header;
  for await (const segment of segmentsOf(pieces, segmentBytes)) yield fileKey.seal(segment);
}

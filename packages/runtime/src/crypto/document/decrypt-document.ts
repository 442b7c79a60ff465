import { segmentBytes, tagBytes, type Manifest } from "./document-format.js";
import { readHeader } from "./document-header.js";
import { createFileKey, fileKeyBytes } from "./file-key.js";
import { segmentsOf } from "./segments.js";

/** How to decrypt a document. */
export interface DecryptDocumentOptions {
  /** Name of the key, in place of the one that the document names; empty for that one. */
  readonly keyName: string;
  /** Decrypts the document's own key. */
  readonly unwrapKey: (manifest: Manifest, keyName: string) => Promise<Uint8Array>;
}

/** Decrypts a document in the format `dapr.io/enc/v1`, piece by piece. Throws at the first segment that is not genuine. */
export async function* decryptDocument(
  pieces: AsyncIterable<Buffer>,
  { keyName, unwrapKey }: DecryptDocumentOptions,
): AsyncGenerator<Buffer, void, undefined> {
  const { manifest, manifestLine, signature, rest } = await readHeader(pieces);
  const name = keyName === "" ? manifest.keyName : keyName;
  if (name === "") {
    throw new Error("document's manifest does not contain a key name, and no key name was provided");
  }
  // A key that is not there, or does not fit, must look like a document that was changed: nobody is to learn which keys exist.
  const unwrapped = await unwrapKey(manifest, name).catch(() => new Uint8Array());
  const key = unwrapped.length === fileKeyBytes ? unwrapped : new Uint8Array(fileKeyBytes);
  const fileKey = createFileKey(key, manifest.noncePrefix, manifest.cipher);
  if (key !== unwrapped || !fileKey.verifiesHeader(manifestLine, signature)) {
    throw new Error("failed to validate the document's signature");
  }
  for await (const segment of segmentsOf(rest, segmentBytes + tagBytes)) {
    yield opened(segment.index, () => fileKey.open(segment));
  }
}

function opened(index: number, open: () => Buffer): Buffer {
  try {
    return open();
  } catch (thrown) {
    throw new Error(`error processing segment ${String(index)}: failed to decrypt segment`, { cause: thrown });
  }
}

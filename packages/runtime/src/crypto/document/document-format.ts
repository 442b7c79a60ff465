/** Name of the format, its first line: Dapr's encryption scheme, version 1 (github.com/dapr/kit, schemes/enc/v1). */
export const schemeName = "dapr.io/enc/v1";

/** Plaintext of one segment, in bytes; only the last is shorter. */
export const segmentBytes = 64 * 1024;

/** What each segment is longer by when it is encrypted. */
export const tagBytes = 16;

/** The bytes that the nonces of all segments begin with. */
export const noncePrefixBytes = 7;

/** The ways to wrap the key of a document, by their numbers in it. */
const keyWrapAlgorithms: ReadonlyMap<number, string> = new Map([
  [1, "A256KW"],
  [2, "A128CBC-NOPAD"],
  [3, "A192CBC-NOPAD"],
  [4, "A256CBC-NOPAD"],
  [5, "RSA-OAEP-256"],
]);

/** Ciphers of segments, in Dapr's words. */
export type SegmentCipher = "AES-GCM" | "CHACHA20-POLY1305";

const segmentCiphers: ReadonlyMap<number, SegmentCipher> = new Map([
  [1, "AES-GCM"],
  [2, "CHACHA20-POLY1305"],
]);

/** What a document says of itself, in its second line. */
export interface Manifest {
  /** Name of the key to decrypt it with; empty where the document does not say. */
  readonly keyName: string;
  readonly keyWrapAlgorithm: string;
  /** The key of the document, wrapped. */
  readonly wrappedFileKey: Uint8Array;
  readonly cipher: SegmentCipher;
  readonly noncePrefix: Uint8Array;
}

/** The algorithm that a caller names, in any case or by one of its other names; `undefined` for an unknown one. */
export function keyWrapAlgorithmOf(name: string): string | undefined {
  const upper = name.toUpperCase();
  if (upper === "AES") return "A256KW";
  if (upper === "RSA") return "RSA-OAEP-256";
  return [...keyWrapAlgorithms.values()].find((known) => known === upper);
}

/** The cipher that a caller names, in any case, AES-GCM for none; `undefined` for an unknown one. */
export function segmentCipherOf(name: string): SegmentCipher | undefined {
  if (name === "") return "AES-GCM";
  return [...segmentCiphers.values()].find((known) => known === name.toUpperCase());
}

/** A manifest as its line in the document, without the line's end. */
export function writeManifest(manifest: Manifest): string {
  return JSON.stringify({
    ...(manifest.keyName !== "" && { k: manifest.keyName }),
    kw: numberOf(keyWrapAlgorithms, manifest.keyWrapAlgorithm),
    wfk: Buffer.from(manifest.wrappedFileKey).toString("base64"),
    cph: numberOf(segmentCiphers, manifest.cipher),
    np: Buffer.from(manifest.noncePrefix).toString("base64"),
  });
}

/** Reads the line of a manifest; `undefined` for one that is not as it has to be. */
export function readManifest(line: string): Manifest | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null) return undefined;
  const { k = "", kw, wfk, cph, np } = parsed as Readonly<Record<string, unknown>>;
  const keyWrapAlgorithm = keyWrapAlgorithms.get(kw as number);
  const cipher = segmentCiphers.get(cph as number);
  const [wrappedFileKey, noncePrefix] = [bytesOf(wfk), bytesOf(np)];
  if (keyWrapAlgorithm === undefined || cipher === undefined || typeof k !== "string") return undefined;
  if (wrappedFileKey.length === 0 || noncePrefix.length !== noncePrefixBytes) return undefined;
  return { keyName: k, keyWrapAlgorithm, wrappedFileKey, cipher, noncePrefix };
}

function bytesOf(value: unknown): Buffer {
  return typeof value === "string" ? Buffer.from(value, "base64") : Buffer.alloc(0);
}

function numberOf(names: ReadonlyMap<number, string>, wanted: string): number | undefined {
  return [...names].find(([, name]) => name === wanted)?.[0];
}

import { readManifest, schemeName, segmentBytes, type Manifest } from "./document-format.js";

/** The header of a document, and what comes after it. */
export interface DocumentHeader {
  readonly manifest: Manifest;
  /** The line that the manifest was read from, which is what was signed. */
  readonly manifestLine: Buffer;
  readonly signature: string;
  readonly rest: AsyncIterable<Buffer>;
}

const newline = 0x0a;

/**
 * Reads the three lines that a document begins with.
 *
 * @throws Error for what is no document; it says no more than what is missing
 */
export async function readHeader(pieces: AsyncIterable<Buffer>): Promise<DocumentHeader> {
  const iterator = pieces[Symbol.asyncIterator]();
  let read = Buffer.alloc(0);
  let ends: readonly number[] = [];
  while (ends.length < 3 && read.length < segmentBytes) {
    const next = await iterator.next();
    if (next.done === true) break;
    read = Buffer.concat([read, next.value]);
    ends = lineEnds(read);
  }
  const [first, second, third] = ends;
  if (first === undefined) throw new Error("invalid header: scheme name not found");
  if (read.subarray(0, first).toString("latin1") !== schemeName) throw new Error("invalid header: unsupported scheme");
  if (second === undefined || second === first + 1) throw new Error("invalid header: manifest not found");
  if (third === undefined || third === second + 1) {
    throw new Error("invalid header: message authentication code not found");
  }
  const manifestLine = read.subarray(first + 1, second);
  const manifest = readManifest(manifestLine.toString("utf8"));
  if (manifest === undefined) throw new Error("invalid header: invalid manifest");
  const signature = read.subarray(second + 1, third).toString("latin1");
  return { manifest, manifestLine, signature, rest: continued(read.subarray(third + 1), iterator) };
}

/** Where the first three lines end, as far as they have come. */
function lineEnds(read: Buffer): readonly number[] {
  const ends: number[] = [];
  for (let at = read.indexOf(newline); at >= 0 && ends.length < 3; at = read.indexOf(newline, at + 1)) ends.push(at);
  return ends;
}

async function* continued(first: Buffer, iterator: AsyncIterator<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield first;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}

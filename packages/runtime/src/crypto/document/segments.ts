import type { Segment } from "./file-key.js";

/** The last number that fits the four bytes that a nonce has for it. */
const lastIndex = 0xffff_ffff;

/**
 * Cuts a stream of bytes into segments. Whether one is the last is known only when more has come, or the stream has ended; so what
 * has come of the next one waits. A stream without bytes has no segments.
 */
export async function* segmentsOf(
  pieces: AsyncIterable<Buffer>,
  bytes: number,
): AsyncGenerator<Segment, void, undefined> {
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let index = 0;
  for await (const piece of pieces) {
    if (piece.length === 0) continue;
    waiting.push(piece);
    waitingBytes += piece.length;
    if (waitingBytes <= bytes) continue;
    let rest = Buffer.concat(waiting, waitingBytes);
    for (; rest.length > bytes; rest = rest.subarray(bytes)) {
      if (index === lastIndex) throw new Error("input stream is too large");
      yield { data: rest.subarray(0, bytes), index: index++, isLast: false };
    }
    [waiting, waitingBytes] = [[rest], rest.length];
  }
  if (waitingBytes > 0) yield { data: Buffer.concat(waiting, waitingBytes), index, isLast: true };
}

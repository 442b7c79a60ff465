import { MechaError } from "@mecha/spec";

/** A gRPC message on the wire: one byte that says whether it is compressed, four bytes of length, the message. */
export const prefixBytes = 5;

/** Puts a message into a frame. */
export function encodeFrame(message: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(prefixBytes + message.length);
  frame[0] = 0;
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, prefixBytes);
  return frame;
}

/**
 * Cuts a byte stream into messages.
 *
 * @param maximumBytes - larger messages are refused with `RESOURCE_EXHAUSTED`
 * @throws MechaError `UNIMPLEMENTED` for a compressed message, `INTERNAL` if the stream ends inside a message
 */
export async function* decodeFrames(
  chunks: AsyncIterable<Buffer>,
  maximumBytes: number,
): AsyncGenerator<Buffer, void, undefined> {
  let pieces: Buffer[] = [];
  let received = 0;
  // A message is put together once, when all of it is there: a peer that sends crumbs must not cost a copy for each.
  let needed = prefixBytes;
  for await (const chunk of chunks) {
    pieces.push(chunk);
    received += chunk.length;
    if (received < needed) continue;
    let pending = pieces.length === 1 ? chunk : Buffer.concat(pieces, received);
    for (;;) {
      const length = frameLength(pending, 0, maximumBytes);
      needed = length ?? prefixBytes;
      if (length === undefined || pending.length < length) break;
      yield pending.subarray(prefixBytes, length);
      pending = pending.subarray(length);
    }
    pieces = pending.length === 0 ? [] : [pending];
    received = pending.length;
  }
  if (received > 0) throw new MechaError("INTERNAL", "The gRPC stream ended in the middle of a message");
}

/** Length of the frame that starts at a place, with its prefix; `undefined` while the prefix is not there yet. */
export function frameLength(bytes: Buffer, at: number, maximumBytes: number): number | undefined {
  if (bytes.length - at < prefixBytes) return undefined;
  if (bytes[at] !== 0)
    throw new MechaError(
      "UNIMPLEMENTED",
      "Compressed gRPC messages are not supported; send with the encoding identity",
    );
  const length = bytes.readUInt32BE(at + 1);
  if (length > maximumBytes) {
    throw new MechaError(
      "RESOURCE_EXHAUSTED",
      `A gRPC message of ${String(length)} bytes was received; at most ${String(maximumBytes)} are accepted`,
    );
  }
  return prefixBytes + length;
}

import { MechaError } from "@mecha/spec";

/** Largest body that is read into memory by default, in bytes; as daprd takes them. */
export const defaultMaximumBodyBytes = 4 * 1024 * 1024;

/**
 * Reads a body into memory.
 *
 * @throws MechaError `RESOURCE_EXHAUSTED` once it is longer than allowed.
 */
export async function collectBody(body: AsyncIterable<Uint8Array>, maximumBytes: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body) {
    length += piece.length;
    if (length > maximumBytes) {
      throw new MechaError(
        "RESOURCE_EXHAUSTED",
        `The body is longer than ${maximumBytes} bytes; allow more with host({ maximumBodyBytes }), or take it as a stream`,
        { httpStatus: 413, operation: "app.invoke" },
      );
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces, length);
}

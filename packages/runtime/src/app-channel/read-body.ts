import { MechaError } from "@mecha/spec";

/**
 * Reads what the app answers with into memory.
 *
 * @throws MechaError `RESOURCE_EXHAUSTED` once it is longer than the runtime takes, `UNAVAILABLE` if the app breaks off.
 */
export async function readBody(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const piece of body) {
      length += piece.length;
      if (length > maxBytes) throw tooLong(maxBytes);
      pieces.push(piece);
    }
  } catch (cause) {
    if (MechaError.is(cause)) throw cause;
    throw new MechaError("UNAVAILABLE", "The app broke off in the middle of its answer", {
      operation: "app.call",
      cause,
    });
  }
  return Buffer.concat(pieces, length);
}

function tooLong(maxBytes: number): MechaError {
  return new MechaError(
    "RESOURCE_EXHAUSTED",
    `The app's answer is longer than ${String(maxBytes)} bytes. Let it answer with less, or raise the largest body of the runtime.`,
    { operation: "app.call" },
  );
}

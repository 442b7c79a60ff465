import { MechaError } from "@mecha/spec";
import type { MessageType } from "../transport/method.js";
import { encodeFrame } from "./frame.js";

/**
 * A message as a call sends it.
 *
 * @throws MechaError `RESOURCE_EXHAUSTED` for a message that the connection was told not to send.
 */
export function encodeMessage<T>(type: MessageType<T>, message: T, maximumBytes: number): Buffer {
  const bytes = type.encode(message).finish();
  if (bytes.length > maximumBytes) {
    throw new MechaError(
      "RESOURCE_EXHAUSTED",
      `A message of ${String(bytes.length)} bytes was to be sent; at most ${String(maximumBytes)} may be (maximumMessageBytes)`,
    );
  }
  return encodeFrame(bytes);
}

/**
 * Reads a message that a call received.
 *
 * @throws MechaError `INTERNAL` for bytes that are not of its type.
 */
export function decodeMessage<T>(type: MessageType<T>, bytes: Buffer): T {
  try {
    return type.decode(bytes);
  } catch (cause) {
    throw new MechaError("INTERNAL", "A message was received that is not of the type that was expected", { cause });
  }
}

import type { MessageType } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";

/** gRPC's usual limit, which daprd keeps as well (`--max-body-size`). */
export const defaultMaxMessageBytes = 4 * 1024 * 1024;

/**
 * Refuses a message that is larger than the limit, as a sidecar would. Nothing is encoded unless a message comes near it.
 *
 * @throws MechaError `RESOURCE_EXHAUSTED`
 */
export function checkMessageSize<T>(message: T, type: MessageType<T>, limit: number): void {
  if (mostBytes(message) <= limit) return;
  const { length } = type.encode(message).finish();
  if (length > limit) {
    throw new MechaError(
      "RESOURCE_EXHAUSTED",
      `Message of ${String(length)} bytes is larger than the limit of ${String(limit)}. Send less at once, or raise maxMessageBytes.`,
    );
  }
}

/** Where a message has a bound of its size on the wire, in bytes, if whoever made it knows one without looking through it. */
export const sizeBound = Symbol("mecha.sizeBound");

/** Whether a message says of itself that it cannot be larger than a limit. */
export function isKnownToFit(message: object, limit: number): boolean {
  const { [sizeBound]: bound } = message as { readonly [sizeBound]?: number };
  return bound !== undefined && bound <= limit;
}

/** A message's size on the wire is at most this: text has up to three bytes a unit, tags and lengths up to ten a field. */
function mostBytes(value: unknown): number {
  if (typeof value === "string") return value.length * 3 + 10;
  if (value instanceof Uint8Array) return value.length + 10;
  if (typeof value !== "object" || value === null) return 10;
  let sum = 10;
  if (Array.isArray(value)) {
    for (const item of value) sum += mostBytes(item);
    return sum;
  }
  // Messages are plain objects: what they inherit is not enumerable.
  for (const key in value) sum += key.length * 3 + 10 + mostBytes((value as Readonly<Record<string, unknown>>)[key]);
  return sum;
}

import { MechaError } from "@mecha/spec";
import { codecOf, contentTypeOf, encodeValue } from "../codec.js";
import { cloudEventType, writeCloudEvent, type EventData } from "./cloud-event.js";
import type { EventOptions } from "./publish-options.js";

/** Where an event goes, and from whom. */
export interface Destination {
  readonly pubsubName: string;
  readonly topic: string;
  readonly appId: string;
  /** What is attempted, for errors. */
  readonly operation: string;
  /** Whether the data goes without a CloudEvent around it. */
  readonly isRaw: boolean;
}

/** An event in the form that the Dapr API takes. */
export interface OutgoingEvent extends EventData {
  readonly metadata: Record<string, string>;
}

/**
 * Writes an event.
 *
 * @throws MechaError `INVALID_ARGUMENT` for data that cannot be written as its type says, and for options that make no sense.
 */
export function toOutgoingEvent(value: unknown, options: EventOptions, to: Destination): OutgoingEvent {
  const { contentType = value instanceof Uint8Array ? contentTypeOf.bytes : contentTypeOf.json, cloudEvent } = options;
  const data = { bytes: encoded(value, contentType, to), contentType };
  const metadata = metadataOf(options, to);
  const isWhole = contentType.toLowerCase().startsWith(cloudEventType);
  if (isWhole && !(value instanceof Uint8Array)) requireId(value, to);
  if (cloudEvent === undefined) return { ...data, metadata };
  if (isWhole) throw refused(to, "is a whole CloudEvent already: set its attributes, or leave out cloudEvent");
  if (to.isRaw) throw refused(to, "has no CloudEvent around it: leave out cloudEvent, or rawPayload");
  try {
    return { bytes: writeCloudEvent(cloudEvent, data, to.appId), contentType: cloudEventType, metadata };
  } catch (cause) {
    throw cause instanceof RangeError ? refused(to, `cannot be written: ${cause.message}`, cause) : cause;
  }
}

/** A text of another type than JSON is sent as it is. */
function encoded(value: unknown, contentType: string, { pubsubName, topic }: Destination): Buffer {
  const codec = codecOf(contentType) === "json" ? "json" : "text";
  return encodeValue(value, codec, `The event for topic "${topic}" of "${pubsubName}"`);
}

/** Subscribers acknowledge events by their ids. */
function requireId(value: unknown, to: Destination): void {
  const id: unknown = typeof value === "object" && value !== null && "id" in value ? value.id : undefined;
  if (typeof id !== "string" || id === "") throw refused(to, "is a whole CloudEvent without an id; give it one");
}

function metadataOf({ metadata, ttlSeconds }: EventOptions, to: Destination): Record<string, string> {
  if (ttlSeconds === undefined) return { ...metadata };
  if (!Number.isSafeInteger(ttlSeconds) || ttlSeconds < 1) {
    throw refused(to, `cannot have ${String(ttlSeconds)} as ttlSeconds; it is a whole number from 1`);
  }
  return { ...metadata, ttlInSeconds: String(ttlSeconds) };
}

function refused({ topic, pubsubName, operation }: Destination, what: string, cause?: unknown): MechaError {
  const message = `The event for topic "${topic}" of "${pubsubName}" ${what}`;
  return new MechaError("INVALID_ARGUMENT", message, { operation, component: pubsubName, cause });
}

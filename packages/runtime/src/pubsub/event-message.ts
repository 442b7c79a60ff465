import type { InboundMessage } from "@mecha/spec";
import { isBinary } from "./content-type.js";

/** The message that an event for the app was read from, of which the fields of the event do not say all. */
export interface EventMessage {
  /** The CloudEvent in JSON, as it was published; absent where the envelope is the runtime's. */
  readonly envelope?: Buffer;
  /** Properties of the message. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Not a member of the events: what is no field of Dapr's messages must not reach handlers or encoders. */
const messages = new WeakMap<object, EventMessage>();

/** Whether the bytes of a message are a CloudEvent in JSON. */
export function isEnvelope({ contentType = "" }: InboundMessage, raw: boolean): boolean {
  return !raw && !isBinary(contentType);
}

/** Notes for an event which message it was read from. */
export function noteMessage<T extends object>(event: T, message: InboundMessage, raw: boolean): T {
  const { data, metadata } = message;
  const envelope = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  messages.set(event, isEnvelope(message, raw) ? { envelope, metadata } : { metadata });
  return event;
}

/** The message that an event was read from, if it was noted. */
export function messageBehind(event: object): EventMessage | undefined {
  return messages.get(event);
}

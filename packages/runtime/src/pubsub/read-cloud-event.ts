import type { InboundMessage } from "@mecha/spec";
import { isBinary, isCloudEvent, isJson } from "./content-type.js";

/** An event as the app gets it, besides topic, pub/sub name and path. */
export interface ReceivedEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly specVersion: string;
  readonly dataContentType: string;
  readonly data: Buffer;
  /** The other attributes, then properties of the message that no attribute has the name of. */
  readonly extensions: Readonly<Record<string, unknown>>;
  /** The event's time is over; it is not to be delivered. */
  readonly expired: boolean;
}

/** How to read a message. */
export interface ReadOptions {
  readonly pubsubName: string;
  readonly topic: string;
  /** The subscription wants the bytes as they are. */
  readonly raw: boolean;
}

/** What a publish request says of publishing; a broker that keeps all metadata gives it back, but it is no property of the message. */
const instructions = new Set(["rawPayload", "ttlInSeconds"]);

type Attributes = Readonly<Record<string, unknown>>;

/** Attributes that are fields of the message to the app, and so no extensions. */
const fields = new Set(["id", "source", "datacontenttype", "type", "specversion", "data", "data_base64"]);

/**
 * Reads a message as daprd does: raw bytes get an envelope here (their id is the message's, so that redeliveries can be told);
 * bytes of a binary media type take theirs from `ce_` properties; all else must be a CloudEvent in JSON.
 *
 * The properties of the message come along as extensions, and `deliveryattempt` counts from 1.
 *
 * @throws Error if the bytes are no CloudEvent.
 */
export function readCloudEvent(message: InboundMessage, options: ReadOptions): ReceivedEvent {
  if (options.raw) return rawEvent(message, options);
  const attributes = isBinary(message.contentType ?? "") ? headerAttributes(message) : parseAttributes(message.data);
  return {
    id: textOf(attributes, "id"),
    source: textOf(attributes, "source"),
    type: textOf(attributes, "type"),
    specVersion: textOf(attributes, "specversion"),
    dataContentType: textOf(attributes, "datacontenttype"),
    data: isBinary(message.contentType ?? "") ? bufferOf(message.data) : dataOf(attributes),
    extensions: extensionsOf(message, attributes),
    expired: isExpired(attributes["expiration"]),
  };
}

function rawEvent(message: InboundMessage, { topic, pubsubName }: ReadOptions): ReceivedEvent {
  const properties = Object.entries(message.metadata).filter(([name]) => !instructions.has(name));
  return {
    id: message.id,
    source: "Dapr",
    type: "com.dapr.event.sent",
    specVersion: "1.0",
    dataContentType: "application/octet-stream",
    data: bufferOf(message.data),
    // Attributes are fields of their own here, so that a property called "id" or "type" takes nothing away from them.
    extensions: { topic, pubsubname: pubsubName, ...Object.fromEntries(properties), deliveryattempt: message.attempt },
    expired: false,
  };
}

function parseAttributes(data: Uint8Array): Attributes {
  const parsed: unknown = JSON.parse(bufferOf(data).toString("utf8"));
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw new TypeError("the message is no JSON object");
  // Just checked to be an object of JSON.
  return parsed as Attributes;
}

/** CloudEvents in binary form: attributes are properties whose names begin with `ce_`. */
function headerAttributes({ metadata, contentType }: InboundMessage): Attributes {
  const attributes = Object.entries(metadata)
    .filter(([key]) => key.toLowerCase().startsWith("ce_"))
    .map(([key, value]) => [key.toLowerCase().slice("ce_".length), value] as const);
  return { ...Object.fromEntries(attributes), datacontenttype: contentType };
}

function dataOf(attributes: Attributes): Buffer {
  const { data_base64: base64, data } = attributes as { readonly data_base64?: unknown; readonly data?: unknown };
  if (base64 !== undefined && base64 !== null) {
    if (typeof base64 !== "string") throw new TypeError("data_base64 is no text");
    return Buffer.from(base64, "base64");
  }
  if (data === undefined || data === null) return Buffer.alloc(0);
  const contentType = textOf(attributes, "datacontenttype");
  return isJson(contentType) || isCloudEvent(contentType) ? Buffer.from(JSON.stringify(data)) : otherData(data);
}

/**
 * Text as it is. Over gRPC, daprd 1.18 delivers nothing for media types that are neither text nor JSON (a `+json` type, or none), and
 * refuses text that is none; the data is worth more than that.
 */
function otherData(data: unknown): Buffer {
  return Buffer.from(typeof data === "string" ? data : JSON.stringify(data));
}

function extensionsOf({ metadata, attempt }: InboundMessage, attributes: Attributes): Record<string, unknown> {
  const own = Object.entries(attributes).filter(([name]) => !fields.has(name));
  const properties = Object.entries(metadata).filter(([name]) => !fields.has(name) && !instructions.has(name));
  return { ...Object.fromEntries(properties), ...Object.fromEntries(own), deliveryattempt: attempt };
}

function isExpired(expiration: unknown): boolean {
  if (typeof expiration !== "string" || expiration === "") return false;
  const at = Date.parse(expiration);
  return !Number.isNaN(at) && at < Date.now();
}

function textOf(attributes: Attributes, name: string): string {
  const value = attributes[name];
  return typeof value === "string" ? value : "";
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

import type { InboundMessage } from "@mecha/spec";
import { isBinary, isCloudEvent, isJson } from "./content-type.js";
import { splitEnvelope, type Attributes, type SplitEnvelope } from "./split-envelope.js";

/** An event as the app gets it, besides topic, pub/sub name and path. */
export interface ReceivedEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly specVersion: string;
  readonly dataContentType: string;
  readonly data: Buffer;
  /** The value of `data` where it is JSON that had to be parsed anyway, for one reader: nobody else has it. */
  readonly parsed?: unknown;
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
  if (isBinary(message.contentType ?? "")) {
    return eventOf(message, headerAttributes(message), { data: bufferOf(message.data) });
  }
  const envelope = bufferOf(message.data);
  const split = splitEnvelope(envelope);
  if (split === undefined) {
    const attributes = parseAttributes(envelope);
    return eventOf(message, attributes, { data: dataOf(attributes) });
  }
  return eventOf(message, split.attributes, splitData(split));
}

interface EventData {
  readonly data: Buffer;
  readonly parsed?: unknown;
}

function eventOf(message: InboundMessage, attributes: Attributes, { data, parsed }: EventData): ReceivedEvent {
  return {
    id: textOf(attributes, "id"),
    source: textOf(attributes, "source"),
    type: textOf(attributes, "type"),
    specVersion: textOf(attributes, "specversion"),
    dataContentType: textOf(attributes, "datacontenttype"),
    data,
    parsed,
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

function parseAttributes(envelope: Buffer): Attributes {
  const parsed: unknown = JSON.parse(envelope.toString("utf8"));
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

function splitData({ attributes, data, bytes }: SplitEnvelope): EventData {
  const { data_base64: base64 } = attributes as { readonly data_base64?: unknown };
  if ((base64 !== undefined && base64 !== null) || data === null || !isJsonData(attributes))
    return { data: dataOf({ ...attributes, data }) };
  return { data: bytes, parsed: data };
}

function dataOf(attributes: Attributes): Buffer {
  const { data_base64: base64, data } = attributes as { readonly data_base64?: unknown; readonly data?: unknown };
  if (base64 !== undefined && base64 !== null) {
    if (typeof base64 !== "string") throw new TypeError("data_base64 is no text");
    return Buffer.from(base64, "base64");
  }
  if (data === undefined || data === null) return Buffer.alloc(0);
  return isJsonData(attributes) ? Buffer.from(JSON.stringify(data)) : otherData(data);
}

function isJsonData(attributes: Attributes): boolean {
  const contentType = textOf(attributes, "datacontenttype");
  return isJson(contentType) || isCloudEvent(contentType);
}

/**
 * Text as it is. Over gRPC, daprd 1.18 delivers nothing for media types that are neither text nor JSON (a `+json` type, or none), and
 * refuses text that is none; the data is worth more than that.
 */
function otherData(data: unknown): Buffer {
  return Buffer.from(typeof data === "string" ? data : JSON.stringify(data));
}

/** Written for each event: loops, which cost a third of lists of entries. */
function extensionsOf({ metadata, attempt }: InboundMessage, attributes: Attributes): Record<string, unknown> {
  const extensions: Record<string, unknown> = {};
  for (const name in metadata) if (!fields.has(name) && !instructions.has(name)) put(extensions, name, metadata[name]);
  for (const name in attributes) if (!fields.has(name)) put(extensions, name, attributes[name]);
  extensions["deliveryattempt"] = attempt;
  return extensions;
}

/** Sets a property of that very name: what publishers write must not become a prototype. */
function put(target: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== "__proto__") target[name] = value;
  else Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
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

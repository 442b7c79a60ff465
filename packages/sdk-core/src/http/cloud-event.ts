import { codecOf } from "../codec.js";
import type {
  TopicEventBulkRequest,
  TopicEventBulkRequestEntry,
  TopicEventRequest,
} from "../generated/dapr/proto/runtime/v1/appcallback.js";

/** Attributes that the message has fields for; the others are extensions. */
const known: ReadonlySet<string> = new Set([
  "id",
  "source",
  "type",
  "specversion",
  "datacontenttype",
  "data",
  "data_base64",
]);

/** The message of an event that daprd posts as a CloudEvent in JSON. */
export function toEventRequest(event: unknown, path: string): TopicEventRequest {
  const attributes = objectOf(event);
  const extensions = Object.fromEntries(Object.entries(attributes).filter(([name]) => !known.has(name)));
  const dataContentType = text(attributes["datacontenttype"]) || "application/json";
  return {
    id: text(attributes["id"]),
    source: text(attributes["source"]),
    type: text(attributes["type"]),
    specVersion: text(attributes["specversion"]),
    dataContentType,
    data: dataOf(attributes, dataContentType),
    topic: text(attributes["topic"]),
    pubsubName: text(attributes["pubsubname"]),
    path,
    extensions,
  };
}

/** Whether a posted body has several events. */
export function isBulk(body: unknown): boolean {
  return Array.isArray(objectOf(body)["entries"]);
}

/** The message of several events that daprd posts together. */
export function toBulkRequest(body: unknown, path: string): TopicEventBulkRequest {
  const { id, entries, metadata, topic, pubsubname, type } = objectOf(body);
  return {
    id: text(id),
    entries: (entries as readonly unknown[]).map((entry) => toEntry(entry, path)),
    metadata: texts(metadata),
    topic: text(topic),
    pubsubName: text(pubsubname),
    type: text(type),
    path,
  };
}

function toEntry(entry: unknown, path: string): TopicEventBulkRequestEntry {
  const { entryId, event, contentType, metadata } = objectOf(entry);
  const common = { entryId: text(entryId), contentType: text(contentType), metadata: texts(metadata) };
  // Bare bytes come as base64.
  if (typeof event === "string") return { ...common, event: { $case: "bytes", value: Buffer.from(event, "base64") } };
  return { ...common, event: { $case: "cloudEvent", value: toEventRequest(event, path) } };
}

/** JSON is in the event as it is, text as a string, all else in base64. */
function dataOf(attributes: Readonly<Record<string, unknown>>, contentType: string): Buffer {
  const { data, data_base64: base64 } = attributes;
  if (typeof base64 === "string") return Buffer.from(base64, "base64");
  if (data === undefined || data === null) return Buffer.alloc(0);
  return Buffer.from(typeof data === "string" && codecOf(contentType) !== "json" ? data : JSON.stringify(data), "utf8");
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function texts(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(objectOf(value)).map(([name, one]) => [name, text(one)]));
}

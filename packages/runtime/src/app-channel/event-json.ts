import type { appCallback } from "@mecha/sdk-core/protocol";
import { isBinary, isCloudEvent, isJson } from "../pubsub/content-type.js";

/** A CloudEvent as an HTTP app gets it: JSON data as it is, bytes in base64, all else as text. */
export function toEventJson(event: appCallback.TopicEventRequest): string {
  const { id, source, type, specVersion, dataContentType, data, topic, pubsubName, extensions } = event;
  const attributes = {
    ...extensions,
    id,
    source,
    type,
    specversion: specVersion,
    datacontenttype: dataContentType,
    topic,
    pubsubname: pubsubName,
  };
  const written = JSON.stringify(attributes).slice(0, -1);
  return `${written},${dataOf(data, dataContentType)}}`;
}

/** Several events of a topic as an HTTP app gets them together. */
export function toBulkJson(request: appCallback.TopicEventBulkRequest): string {
  const { id, entries, metadata, topic, pubsubName, type } = request;
  const written = JSON.stringify({ id, metadata, topic, pubsubname: pubsubName, type }).slice(0, -1);
  return `${written},"entries":[${entries.map((entry) => toEntryJson(entry, request)).join(",")}]}`;
}

function toEntryJson(
  { entryId, event, contentType, metadata }: appCallback.TopicEventBulkRequestEntry,
  { topic, pubsubName, path }: appCallback.TopicEventBulkRequest,
): string {
  const written = JSON.stringify({ entryId, contentType, metadata }).slice(0, -1);
  const value =
    event?.$case === "cloudEvent"
      ? toEventJson({ ...event.value, topic, pubsubName, path })
      : JSON.stringify((event?.value ?? Buffer.alloc(0)).toString("base64"));
  return `${written},"event":${value}}`;
}

/** JSON goes in as it was written, so that no number loses digits. */
function dataOf(data: Buffer, contentType: string): string {
  const text = data.toString("utf8");
  if ((isJson(contentType) || isCloudEvent(contentType)) && isValidJson(text)) return `"data":${text}`;
  if (isBinary(contentType)) return `"data_base64":"${data.toString("base64")}"`;
  return `"data":${JSON.stringify(text)}`;
}

function isValidJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

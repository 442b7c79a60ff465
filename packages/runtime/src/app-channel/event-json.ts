import type { appCallback } from "@mecha/sdk-core/protocol";
import { isBinary, isCloudEvent, isJson } from "../pubsub/content-type.js";
import { messageBehind } from "../pubsub/event-message.js";
import { isValidJson } from "../pubsub/is-valid-json.js";

type CloudEvent = appCallback.TopicEventCERequest;

/** Where an event came from. */
type EventOrigin = Pick<appCallback.TopicEventRequest, "topic" | "pubsubName">;

/**
 * A CloudEvent as an HTTP app gets it, as in daprd: the envelope as it was published, so that nothing is added to it and no number
 * loses digits. An envelope of the runtime has JSON data as it is, bytes in base64, all else as text.
 */
export function toEventJson(event: CloudEvent, { topic, pubsubName }: EventOrigin): string {
  const published = messageBehind(event)?.envelope;
  if (published !== undefined) return published.toString("utf8");
  const { id, source, type, specVersion, dataContentType, data } = event;
  const attributes = {
    ...ownExtensions(event),
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

/** The properties of the message and the number of the attempt are extensions of other apps; an HTTP app gets headers. */
function ownExtensions(event: CloudEvent): Readonly<Record<string, unknown>> {
  const { extensions = {} } = event;
  const message = messageBehind(event);
  if (message === undefined) return extensions;
  const own = Object.entries(extensions).filter(
    ([name]) => name !== "deliveryattempt" && !Object.hasOwn(message.metadata, name),
  );
  return Object.fromEntries(own);
}

/** Several events of a topic as an HTTP app gets them together. */
export function toBulkJson(request: appCallback.TopicEventBulkRequest): string {
  const { id, entries, metadata, topic, pubsubName, type } = request;
  const written = JSON.stringify({ id, metadata, topic, pubsubname: pubsubName, type }).slice(0, -1);
  return `${written},"entries":[${entries.map((entry) => toEntryJson(entry, request)).join(",")}]}`;
}

function toEntryJson(
  { entryId, event, contentType, metadata }: appCallback.TopicEventBulkRequestEntry,
  origin: EventOrigin,
): string {
  const written = JSON.stringify({ entryId, contentType, metadata }).slice(0, -1);
  const value =
    event?.$case === "cloudEvent"
      ? toEventJson(event.value, origin)
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

import type { InboundMessage } from "@mecha/spec";
import { isEnvelope } from "./event-message.js";
import type { ReadOptions, ReceivedEvent } from "./read-cloud-event.js";
import type { EventAttributes } from "./routing-rules.js";

/** The attributes of an event as routing rules see them: those of the envelope, or of the one that raw bytes would get. */
export function attributesOf(message: InboundMessage, event: ReceivedEvent, options: ReadOptions): EventAttributes {
  // The event has been read from it: it is a JSON object.
  if (isEnvelope(message, options.raw))
    return JSON.parse(Buffer.from(message.data).toString("utf8")) as EventAttributes;
  const { id, source, type, specVersion, dataContentType, data, extensions } = event;
  return {
    ...extensions,
    id,
    source,
    type,
    specversion: specVersion,
    datacontenttype: dataContentType,
    data_base64: data.toString("base64"),
    topic: options.topic,
    pubsubname: options.pubsubName,
  };
}

import type { OutboundMessage } from "@mecha/spec";
import type { RunningComponent } from "../registry.js";
import { makeCloudEvent } from "./make-cloud-event.js";
import { isRawPayload } from "./raw-payload.js";

/** What a publisher gave. */
export interface PublishedEvent {
  readonly data: Buffer;
  readonly contentType: string;
  readonly metadata: Record<string, string>;
  /** Holds the trace of the publisher, as W3C's headers. */
  readonly trace: Readonly<Record<string, string>>;
}

/** Where it goes. */
export interface PublishTarget {
  readonly appId: string;
  readonly topic: string;
  readonly running: RunningComponent<"pubsub">;
}

/** The message that a broker gets: a CloudEvent around the data, or a copy of the data itself if `rawPayload` is asked for. */
export function toOutboundMessage(event: PublishedEvent, { appId, topic, running }: PublishTarget): OutboundMessage {
  const { data, contentType, metadata, trace } = event;
  if (isRawPayload(metadata, running.name)) {
    return { data: Buffer.from(data), metadata, ...(contentType !== "" && { contentType }) };
  }
  const { features } = running.component;
  const envelope = makeCloudEvent({
    appId,
    pubsubName: running.name,
    topic,
    data,
    contentType,
    metadata,
    features,
    trace,
  });
  return { data: envelope, contentType: "application/cloudevents+json", metadata };
}

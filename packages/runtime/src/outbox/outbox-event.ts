import type { StateSet } from "@mecha/spec";
import { makeCloudEvent } from "../pubsub/make-cloud-event.js";
import type { OutboxSettings } from "./outbox-settings.js";

/** What makes the event of one write. */
export interface OutboxEventInput {
  /** Key of the marker, which is the id of the event. */
  readonly id: string;
  readonly appId: string;
  /** The write whose value the event carries: the one that is stored, or its projection. */
  readonly payload: StateSet;
  /** Metadata of the write that is stored: attributes of the event. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly settings: OutboxSettings;
}

/** Attributes that have a place in every envelope; those that a write may set are taken as overrides. */
const overridable = ["source", "type", "subject", "traceid", "traceparent", "tracestate"];
const fixed = ["id", "specversion", "datacontenttype", "topic", "pubsubname", "time", "data", "data_base64"];

/** Makes the CloudEvent of a write; metadata of the write become attributes, as in daprd, but for the id and the data. */
export function makeOutboxEvent({ id, appId, payload, metadata, settings }: OutboxEventInput): Buffer {
  const given = Object.entries(metadata);
  const overrides = given.filter(([name]) => overridable.includes(name));
  const own = given.filter(([name]) => !overridable.includes(name) && !fixed.includes(name));
  const envelope = makeCloudEvent({
    appId,
    pubsubName: settings.publishPubSub,
    topic: settings.publishTopic,
    data: Buffer.from(payload.value),
    contentType: payload.metadata?.["contentType"] ?? "",
    metadata: {
      "cloudevent.id": id,
      ...Object.fromEntries(overrides.map(([name, value]) => [`cloudevent.${name}`, value])),
    },
    features: [],
  });
  if (own.length === 0) return envelope;
  // The data stays as it was written.
  const added = JSON.stringify(Object.fromEntries(own)).slice(1);
  return Buffer.from(`${envelope.toString("utf8").slice(0, -1)},${added}`);
}

import { randomUUID } from "node:crypto";
import type { PubSubFeature } from "@mecha/spec";
import { daprError } from "../errors/dapr-error.js";
import { isBinary, isCloudEvent, isJson } from "./content-type.js";
import { isValidJson } from "./is-valid-json.js";

/** What goes into an envelope. */
export interface EventToPublish {
  readonly appId: string;
  readonly pubsubName: string;
  readonly topic: string;
  readonly data: Buffer;
  /** Media type of `data`; empty means text, as in daprd. */
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly features: readonly PubSubFeature[];
  /** Holds the trace of the publisher, as W3C's headers. @defaultValue none */
  readonly trace?: Readonly<Record<string, string>>;
}

type Attributes = Record<string, unknown>;

/**
 * Makes the CloudEvent (1.0, JSON) that daprd would publish: defaults, `cloudevent.*` overrides from the metadata, `data` or
 * `data_base64` by media type, and `expiration` where the broker has no expiry of its own.
 *
 * @throws MechaError `INVALID_ARGUMENT` (`DAPR_PUBSUB_CLOUD_EVENT_CREATION`) if the publisher's own envelope is no JSON object.
 */
export function makeCloudEvent(event: EventToPublish): Buffer {
  const attributes = isCloudEvent(event.contentType) ? completed(event) : wrapped(event);
  addExpiration(attributes, event);
  if (!isCloudEvent(event.contentType) && isJson(event.contentType)) return withJsonData(attributes, event.data);
  return Buffer.from(JSON.stringify(attributes));
}

function wrapped({ appId, pubsubName, topic, data, contentType, metadata, trace = {} }: EventToPublish): Attributes {
  const override = (name: string): string | undefined => {
    const found = Object.entries(metadata).find(([key]) => key.toLowerCase() === `cloudevent.${name}`);
    return found?.[1] === "" ? undefined : found?.[1];
  };
  const traceParent = override("traceparent") ?? override("traceid") ?? trace["traceparent"] ?? "";
  const subject = override("subject");
  return {
    id: override("id") ?? randomUUID(),
    specversion: "1.0",
    datacontenttype: contentType === "" ? "text/plain" : contentType,
    source: override("source") ?? (appId === "" ? "Dapr" : appId),
    type: override("type") ?? "com.dapr.event.sent",
    topic,
    pubsubname: pubsubName,
    traceid: traceParent,
    traceparent: traceParent,
    tracestate: override("tracestate") ?? trace["tracestate"] ?? "",
    time: secondsOf(new Date()),
    ...(subject !== undefined && { subject }),
    ...(isBinary(contentType)
      ? { data_base64: data.toString("base64") }
      : !isJson(contentType) && { data: data.toString("utf8") }),
  };
}

/** JSON goes in as it was written, so that no number loses digits; text that is no JSON after all goes in as a string. */
function withJsonData(attributes: Attributes, data: Buffer): Buffer {
  const text = data.toString("utf8");
  if (!isValidJson(text)) return Buffer.from(JSON.stringify({ ...attributes, data: text }));
  return Buffer.from(`${JSON.stringify(attributes).slice(0, -1)},"data":${text.trim()}}`);
}

/** The publisher's own envelope, with what daprd adds to it. */
function completed({ appId, pubsubName, topic, data, trace = {} }: EventToPublish): Attributes {
  const traceParent = trace["traceparent"] ?? "";
  const own = parseEnvelope(data, appId, pubsubName);
  return {
    ...own,
    time: own["time"] ?? secondsOf(new Date()),
    ...(!Object.hasOwn(own, "traceid") && { traceid: traceParent, traceparent: traceParent }),
    tracestate: own["tracestate"] ?? trace["tracestate"] ?? "",
    topic,
    pubsubname: pubsubName,
    source: own["source"] ?? "Dapr",
    type: own["type"] ?? "com.dapr.event.sent",
    specversion: own["specversion"] ?? "1.0",
  };
}

function parseEnvelope(data: Buffer, appId: string, pubsubName: string): Attributes {
  let parsed: unknown;
  try {
    parsed = JSON.parse(data.toString("utf8"));
  } catch (cause) {
    throw cloudEventError(appId, pubsubName, cause);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw cloudEventError(appId, pubsubName);
  return { ...parsed };
}

function cloudEventError(appId: string, pubsubName: string, cause?: unknown): Error {
  const metadata = { appID: appId, ...(cause instanceof Error && { error: cause.message }) };
  return daprError(
    "pubsubCloudEvent",
    "cannot create cloudevent: the data is no JSON object, but its content type says it is a CloudEvent",
    { component: pubsubName, metadata, cause },
  );
}

function addExpiration(attributes: Attributes, { metadata, features, pubsubName }: EventToPublish): void {
  const ttl = metadata["ttlInSeconds"] ?? "";
  if (ttl === "" || features.includes("MESSAGE_TTL")) return;
  const seconds = Number(ttl);
  if (!Number.isSafeInteger(seconds) || seconds <= 0) {
    throw daprError("pubsubMetadata", `ttlInSeconds is "${ttl}"; a whole number of seconds above 0 is needed`, {
      component: pubsubName,
    });
  }
  attributes["expiration"] = secondsOf(new Date(Date.now() + seconds * 1_000));
}

/** RFC 3339 with whole seconds, as daprd writes times. */
function secondsOf(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, "Z");
}

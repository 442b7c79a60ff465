import { randomUUID } from "node:crypto";
import { codecOf } from "../codec.js";
import type { CloudEventAttributes } from "./publish-options.js";

/** Media type of a whole CloudEvent. */
export const cloudEventType = "application/cloudevents+json";

/** Attributes that are not extensions: CloudEvents 1.0's, and those that Dapr writes. */
const reserved: ReadonlySet<string> = new Set([
  ...["id", "source", "type", "specversion", "datacontenttype", "dataschema", "subject", "time", "data", "data_base64"],
  ...["topic", "pubsubname", "traceid", "traceparent", "tracestate", "expiration"],
]);

/** The data of an event, and how it was written. */
export interface EventData {
  readonly bytes: Buffer;
  readonly contentType: string;
}

/**
 * Writes a CloudEvent (1.0, JSON) with what the publisher says of it. daprd takes no time and no extensions of a publisher in any
 * other form, and passes on what it finds.
 *
 * @throws RangeError that says what is wrong with an attribute
 */
export function writeCloudEvent(attributes: CloudEventAttributes, data: EventData, defaultSource: string): Buffer {
  const { id = randomUUID(), type, source = defaultSource, subject, traceParent, traceState, dataSchema } = attributes;
  if (id === "") throw new RangeError("its id is empty");
  const time = timeOf(attributes.time);
  const envelope = {
    ...extensionsOf(attributes),
    id,
    specversion: "1.0",
    datacontenttype: data.contentType,
    ...(source !== "" && { source }),
    ...(type !== undefined && { type }),
    ...(subject !== undefined && { subject }),
    ...(time !== undefined && { time }),
    ...(dataSchema !== undefined && { dataschema: dataSchema }),
    // daprd replaces a traceparent that comes without its older name.
    ...(traceParent !== undefined && { traceid: traceParent, traceparent: traceParent }),
    ...(traceState !== undefined && { tracestate: traceState }),
  };
  return Buffer.from(`${JSON.stringify(envelope).slice(0, -1)},${dataMember(data)}}`);
}

function timeOf(time: Date | string | undefined): string | undefined {
  if (time === undefined) return undefined;
  if (Number.isNaN(new Date(time).getTime())) throw new RangeError(`its time is "${String(time)}", which is none`);
  return typeof time === "string" ? time : time.toISOString();
}

function extensionsOf({ extensions = {} }: CloudEventAttributes): Record<string, string | number | boolean> {
  for (const name of Object.keys(extensions)) {
    if (reserved.has(name)) throw new RangeError(`"${name}" is no name of an extension: it has a meaning of its own`);
    if (!/^[a-z0-9]+$/.test(name))
      throw new RangeError(`the name of its extension "${name}" has more than a-z and 0-9`);
  }
  return { ...extensions };
}

/** JSON goes in as it was written, so that no number loses digits. */
function dataMember({ bytes, contentType }: EventData): string {
  const codec = codecOf(contentType);
  if (codec === "json") return `"data":${jsonOf(bytes)}`;
  if (codec === "text") return `"data":${JSON.stringify(bytes.toString("utf8"))}`;
  return `"data_base64":"${bytes.toString("base64")}"`;
}

function jsonOf(bytes: Buffer): string {
  const text = bytes.toString("utf8");
  try {
    JSON.parse(text);
  } catch (cause) {
    throw new RangeError("its bytes are no JSON, which their type says they are", { cause });
  }
  return text;
}

import { randomUUID } from "node:crypto";
import type { appCallback, AppChannel, CallContext } from "@mecha/sdk-core/protocol";
import { MechaError, type DeliveryOutcome, type InboundMessage } from "@mecha/spec";
import { BatchCollector, type BatchLimits } from "./batch-collector.js";
import { outcomeOf } from "./event-outcome.js";
import type { ReceivedEvent } from "./read-cloud-event.js";

/** An event on its way to a route of the app. */
export interface RoutedEvent {
  readonly message: InboundMessage;
  readonly event: ReceivedEvent;
  readonly path: string;
}

/** Gives an event to the app; resolves with what the app says. Rejects if the app failed. */
export type SendEvent = (routed: RoutedEvent) => Promise<DeliveryOutcome>;

/** Where events come from and go to. */
export interface SenderOptions {
  readonly channel: AppChannel;
  readonly pubsubName: string;
  readonly topic: string;
  /** The app wants the bytes as they are. */
  readonly raw: boolean;
  readonly context: CallContext;
}

/** Sends events one by one. */
export function singleSender({ channel, pubsubName, topic, context }: SenderOptions): SendEvent {
  return async ({ event, path }) => {
    if (channel.topic === undefined) throw noHandler("topics", topic);
    const request = { ...eventFields(event), topic, pubsubName, path };
    return outcomeOf((await channel.topic(request, context)).status);
  };
}

/** Sends events in batches, one for each route. An event that the app's answer leaves out is to come again. */
export function batchSender(options: SenderOptions, settings: BatchLimits): SendEvent {
  const { channel, pubsubName, topic, raw, context } = options;
  const byPath = new Map<string, BatchCollector<RoutedEvent, DeliveryOutcome>>();
  const send = async (path: string, events: readonly RoutedEvent[]): Promise<DeliveryOutcome[]> => {
    if (channel.bulkTopic === undefined) throw noHandler("batches of topics", topic);
    const entries = events.map((routed) => toEntry(routed, raw));
    const to = { topic, pubsubName, path };
    const request = { ...to, id: randomUUID(), type: "com.dapr.event.sent.bulk", metadata: { pubsubName }, entries };
    const { statuses } = await channel.bulkTopic(request, context);
    const byEntry = new Map(statuses.map(({ entryId, status }) => [entryId, outcomeOf(status)]));
    return entries.map(({ entryId }) => byEntry.get(entryId) ?? "retry");
  };
  return (routed) => {
    let collector = byPath.get(routed.path);
    if (collector === undefined) {
      collector = new BatchCollector((events) => send(routed.path, events), settings);
      byPath.set(routed.path, collector);
    }
    return collector.add(routed);
  };
}

function toEntry({ message, event }: RoutedEvent, raw: boolean): appCallback.TopicEventBulkRequestEntry {
  const { contentType = "", metadata } = message;
  const entry = { entryId: randomUUID(), metadata: { ...metadata } };
  if (raw) {
    const value = Buffer.from(message.data);
    return { ...entry, contentType: contentType || "application/octet-stream", event: { $case: "bytes", value } };
  }
  const isEvent = { $case: "cloudEvent", value: eventFields(event) } as const;
  return { ...entry, contentType: contentType || "application/cloudevents+json", event: isEvent };
}

function eventFields({ expired: _expired, extensions, ...fields }: ReceivedEvent): appCallback.TopicEventCERequest {
  return { ...fields, extensions: { ...extensions } };
}

function noHandler(what: string, topic: string): MechaError {
  return new MechaError("UNIMPLEMENTED", `The app takes no ${what}, so events of topic "${topic}" cannot reach it`, {
    operation: "app.topic",
  });
}

import { randomUUID } from "node:crypto";
import type { appCallback, AppChannel, CallContext } from "@mecha/sdk-core/protocol";
import { MechaError, type ComponentLogger, type DeliveryOutcome, type InboundMessage } from "@mecha/spec";
import { messageOf } from "../errors/dapr-error.js";
import { AttemptContext } from "../resiliency/attempt-context.js";
import type { InboundPolicy } from "../resiliency/inbound-policy.js";
import { BatchCollector, type BatchLimits } from "./batch-collector.js";
import { noteMessage } from "./event-message.js";
import { outcomeOf } from "./event-outcome.js";
import type { ReceivedEvent } from "./read-cloud-event.js";
import type { PolicyOutcome } from "./spent-event.js";

/** An event on its way to a route of the app. */
interface RoutedEvent {
  readonly message: InboundMessage;
  readonly event: ReceivedEvent;
  readonly path: string;
}

/** Gives an event to the app, again and again if a policy says so; resolves with what the app says, `retry` if it failed. */
export type SendEvent = (routed: RoutedEvent) => Promise<PolicyOutcome>;

/** Where events come from and go to. */
export interface SenderOptions {
  readonly channel: AppChannel;
  readonly pubsubName: string;
  readonly topic: string;
  /** The app wants the bytes as they are. */
  readonly raw: boolean;
  readonly context: CallContext;
  /** What deliveries are run under. */
  readonly policy: InboundPolicy | undefined;
  /** Aborts when the subscription is to end: no further attempts. */
  readonly closing: AbortSignal;
  readonly logger: ComponentLogger;
}

/** Sends events one by one. */
export function singleSender(options: SenderOptions): SendEvent {
  const { channel, pubsubName, topic, raw, policy, closing } = options;
  const send = async (
    { message, event, path }: RoutedEvent,
    fail: OnFailure,
    signal?: AbortSignal,
  ): Promise<DeliveryOutcome> => {
    try {
      if (channel.topic === undefined) throw noHandler("topics", topic);
      const request = noteMessage({ ...eventFields(event), topic, pubsubName, path }, message, raw);
      return outcomeOf((await channel.topic(request, contextOf(options, signal))).status);
    } catch (error) {
      return fail(error, `event ${event.id}`, options);
    }
  };
  if (policy === undefined) return (routed) => send(routed, failedAttempt);
  return (routed) => policy.deliver((signal) => send(routed, failedForPolicy, signal), closing);
}

/** What an app's failure means, which is said here. */
type OnFailure = (error: unknown, what: string, options: SenderOptions) => DeliveryOutcome;

/** As in daprd: an app that does not have the method will not have it the next time either. */
const failedAttempt: OnFailure = (error, what, { logger, topic }) => {
  logger.warn(`the app did not take ${what} of topic "${topic}": ${messageOf(error)}`);
  return MechaError.is(error) && error.code === "UNIMPLEMENTED" ? "drop" : "retry";
};

/** A policy may know more of an error. */
const failedForPolicy: OnFailure = (error, what, options) => {
  const outcome = failedAttempt(error, what, options);
  if (outcome === "retry") throw error;
  return outcome;
};

function contextOf({ context }: SenderOptions, signal: AbortSignal | undefined): CallContext {
  return signal === undefined ? context : new AttemptContext(context, signal);
}

/** Sends events in batches, one for each route. An event that the app's answer leaves out is to come again. */
export function batchSender(options: SenderOptions, settings: BatchLimits): SendEvent {
  const { channel, pubsubName, topic, raw, policy, closing } = options;
  const byPath = new Map<string, BatchCollector<RoutedEvent, PolicyOutcome>>();
  const send = async (
    events: readonly RoutedEvent[],
    path: string,
    signal?: AbortSignal,
  ): Promise<DeliveryOutcome[]> => {
    if (channel.bulkTopic === undefined) throw noHandler("batches of topics", topic);
    const entries = events.map((routed) => toEntry(routed, raw));
    const to = { topic, pubsubName, path };
    const request = { ...to, id: randomUUID(), type: "com.dapr.event.sent.bulk", metadata: { pubsubName }, entries };
    const { statuses } = await channel.bulkTopic(request, contextOf(options, signal));
    const byEntry = new Map(statuses.map(({ entryId, status }) => [entryId, outcomeOf(status)]));
    return entries.map(({ entryId }) => byEntry.get(entryId) ?? "retry");
  };
  const deliver = (path: string, events: readonly RoutedEvent[]): Promise<readonly PolicyOutcome[]> => {
    const attempt = (some: readonly RoutedEvent[], fail: OnFailure, signal?: AbortSignal) =>
      send(some, path, signal).catch((error: unknown) => {
        const outcome = fail(error, `${String(some.length)} events`, options);
        return some.map(() => outcome);
      });
    if (policy === undefined) return attempt(events, failedAttempt);
    return policy.deliverEach(events, (some, signal) => attempt(some, failedForPolicy, signal), closing);
  };
  return (routed) => {
    let collector = byPath.get(routed.path);
    if (collector === undefined) {
      collector = new BatchCollector((events) => deliver(routed.path, events), settings);
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
  const isEvent = { $case: "cloudEvent", value: noteMessage(eventFields(event), message, raw) } as const;
  return { ...entry, contentType: contentType || "application/cloudevents+json", event: isEvent };
}

function eventFields({
  expired: _expired,
  parsed: _parsed,
  extensions,
  ...fields
}: ReceivedEvent): appCallback.TopicEventCERequest {
  return { ...fields, extensions: { ...extensions } };
}

function noHandler(what: string, topic: string): MechaError {
  return new MechaError("UNIMPLEMENTED", `The app takes no ${what}, so events of topic "${topic}" cannot reach it`, {
    operation: "app.topic",
  });
}

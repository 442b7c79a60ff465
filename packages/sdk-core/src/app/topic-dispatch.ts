import { MechaError } from "@mecha/spec";
import {
  TopicEventResponse_TopicEventResponseStatus as Status,
  type TopicEventBulkRequest,
  type TopicEventBulkRequestEntry,
  type TopicEventBulkResponse,
  type TopicEventRequest,
} from "../generated/dapr/proto/runtime/v1/appcallback.js";
import { handlerFailed, statusOf, type EventOutcome } from "../pubsub/event-status.js";
import { toTopicEvent } from "../pubsub/topic-event.js";
import type { Metadata } from "../transport/transport.js";
import { withIncomingTrace } from "../call/incoming-trace.js";
import { eventSpan, traceEvent } from "./event-trace.js";
import type { BulkTopicEvent } from "./topic-options.js";
import type { AnyTopicHandler, TopicPlan } from "./topic-plan.js";

/** Hears of a handler that failed. */
export type ReportError = (error: MechaError) => void;

/** Gives the events that a runtime calls with to their handlers. Never rejects: what fails is to come again. */
export class TopicDispatch {
  readonly #byPath = new Map<string, AnyTopicHandler>();
  readonly #byTopic = new Map<string, AnyTopicHandler>();
  readonly #report: ReportError;

  constructor(plans: readonly TopicPlan[], report: ReportError) {
    this.#report = report;
    for (const { pubsubName, topic, routes } of plans) {
      for (const { path, match, handler } of routes) {
        this.#byPath.set(path, handler);
        // A Subscription resource may name any path; on gRPC the topic tells as well.
        if (match === undefined) this.#byTopic.set(topicKey(pubsubName, topic), handler);
      }
    }
  }

  async single(request: TopicEventRequest, metadata: Metadata): Promise<Status> {
    try {
      const handler = this.#handlerOf(request);
      return await traceEvent(request, metadata, async () => {
        if (handler.kind === "single") return statusOf(await handler.handle(toTopicEvent(request)));
        return statusesOf(await handler.handle([toBulkEvent(request)]), 1)[0] ?? Status.RETRY;
      });
    } catch (thrown) {
      this.#report(handlerFailed(`event ${request.id}`, request, thrown));
      return Status.RETRY;
    }
  }

  async bulk(request: TopicEventBulkRequest, metadata: Metadata): Promise<TopicEventBulkResponse> {
    const results = await this.#bulkStatuses(request, metadata);
    return {
      statuses: request.entries.map(({ entryId }, index) => ({ entryId, status: results[index] ?? Status.RETRY })),
    };
  }

  async #bulkStatuses(request: TopicEventBulkRequest, metadata: Metadata): Promise<readonly Status[]> {
    try {
      const handler = this.#handlerOf(request);
      const events = request.entries.map((entry) => toEntryRequest(entry, request));
      if (handler.kind === "single") return await Promise.all(events.map((event) => this.single(event, metadata)));
      const entries = events.map((event, index) => toBulkEvent(event, request.entries[index]));
      // A batch has many traces: its span continues that of the call.
      return await withIncomingTrace(metadata, eventSpan(request), async () =>
        statusesOf(await handler.handle(entries), entries.length),
      );
    } catch (thrown) {
      this.#report(handlerFailed(`${request.entries.length} events`, request, thrown));
      return [];
    }
  }

  #handlerOf({ path, pubsubName, topic }: Addressed): AnyTopicHandler {
    const handler = this.#byPath.get(path) ?? this.#byTopic.get(topicKey(pubsubName, topic));
    if (handler !== undefined) return handler;
    throw new MechaError(
      "NOT_FOUND",
      `This app has no handler for path "${path}"; add one with onTopic("${pubsubName}", "${topic}", …, { route: "${path}" })`,
    );
  }
}

interface Addressed {
  readonly path: string;
  readonly pubsubName: string;
  readonly topic: string;
}

function topicKey(pubsubName: string, topic: string): string {
  return JSON.stringify([pubsubName, topic]);
}

function statusesOf(outcomes: readonly EventOutcome[] | EventOutcome | undefined | void, count: number): Status[] {
  if (outcomes === undefined || typeof outcomes === "string") return new Array<Status>(count).fill(statusOf(outcomes));
  if (outcomes.length === count) return outcomes.map(statusOf);
  throw new MechaError(
    "OUT_OF_RANGE",
    `The handler returned ${outcomes.length} outcomes for ${count} events; return one for each, in their order`,
  );
}

/** The event of an entry; one with bare bytes has no attributes of its own. */
function toEntryRequest(
  { entryId, event, contentType }: TopicEventBulkRequestEntry,
  { pubsubName, topic, path, type }: TopicEventBulkRequest,
): TopicEventRequest {
  const to = { pubsubName, topic, path };
  if (event?.$case === "cloudEvent") return { ...event.value, ...to };
  const data = event?.value ?? Buffer.alloc(0);
  return { id: entryId, source: "", type, specVersion: "", dataContentType: contentType, data, ...to };
}

function toBulkEvent(request: TopicEventRequest, entry?: TopicEventBulkRequestEntry): BulkTopicEvent {
  // Not spread: that would read the payload, and a bad one shall not keep the others from their handler.
  return Object.assign(toTopicEvent(request), {
    entryId: entry?.entryId ?? request.id,
    metadata: entry?.metadata ?? {},
  });
}

import { appCallback, type ActorChannel, type AppChannel, type UnaryHandler } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import type { WatchEvent } from "../observers/watch-topic-stream.js";
import type { DaprMetrics, Labels } from "./dapr-metrics.js";
import type { MetricName } from "./instruments.js";

const Status = appCallback.TopicEventResponse_TopicEventResponseStatus;
type Status = appCallback.TopicEventResponse_TopicEventResponseStatus;

/** Counts what the runtime brings to the app by itself: events of topics and bindings, jobs, timers and reminders. */
export function measureApp(channel: AppChannel, metrics: DaprMetrics): AppChannel {
  const { topic, bulkTopic, binding, job, actor } = channel;
  return {
    ...channel,
    ...(topic && { topic: measuredTopic(topic, metrics) }),
    ...(bulkTopic && { bulkTopic: measuredBatches(bulkTopic, metrics) }),
    ...(binding && {
      binding: measured(binding, ({ name }, isSuccess, elapsedMs) => {
        const labels = { component: name, success: String(isSuccess) };
        metrics.count("component_input_binding_count", labels);
        metrics.observe("component_input_binding_latencies", labels, elapsedMs);
      }),
    }),
    ...(job && {
      job: measured(job, (_, isSuccess, elapsedMs) => {
        const labels = { operation: "job_trigger_op" };
        metrics.count(isSuccess ? "component_job_success_count" : "component_job_failure_count", labels);
        metrics.observe("component_job_latencies", { ...labels, success: String(isSuccess) }, elapsedMs);
      }),
    }),
    ...(actor && { actor: measuredActors(actor, metrics) }),
  };
}

/** Counts events on streams, each when the app has answered. */
export function measureStreamedEvents(metrics: DaprMetrics): WatchEvent {
  return ({ pubsubName, topic }) => {
    const started = performance.now();
    return (status) =>
      countEvent(metrics, { component: pubsubName, topic }, { status, elapsedMs: performance.now() - started });
  };
}

function measuredTopic(
  topic: NonNullable<AppChannel["topic"]>,
  metrics: DaprMetrics,
): NonNullable<AppChannel["topic"]> {
  return async (event, context) => {
    const started = performance.now();
    const labels = { component: event.pubsubName, topic: event.topic };
    try {
      const answer = await topic(event, context);
      countEvent(metrics, labels, { status: answer.status, elapsedMs: performance.now() - started });
      return answer;
    } catch (error) {
      // An app that does not have the method will not have it the next time either, so its event is dropped.
      const isLost = MechaError.is(error) && error.code === "UNIMPLEMENTED";
      const elapsedMs = performance.now() - started;
      if (isLost) countOutcome(metrics, { ...labels, process_status: "drop", status: "drop" }, elapsedMs);
      else countEvent(metrics, labels, { status: undefined, elapsedMs });
      throw error;
    }
  };
}

interface Outcome {
  /** None if the app failed. */
  readonly status: Status | undefined;
  readonly elapsedMs: number;
}

function countEvent(metrics: DaprMetrics, labels: Labels, { status, elapsedMs }: Outcome): void {
  const name = statusName(status).toLowerCase();
  // daprd counts what the app drops as a success of the app.
  const ofApp = status === Status.DROP ? "success" : name;
  countOutcome(metrics, { ...labels, process_status: name, status: ofApp }, elapsedMs);
}

function countOutcome(metrics: DaprMetrics, labels: Labels, elapsedMs: number): void {
  metrics.count("component_pubsub_ingress_count", labels);
  metrics.observe("component_pubsub_ingress_latencies", labels, elapsedMs);
}

function statusName(status: Status | undefined): "SUCCESS" | "DROP" | "RETRY" {
  if (status === Status.SUCCESS) return "SUCCESS";
  return status === Status.DROP ? "DROP" : "RETRY";
}

type BulkTopic = NonNullable<AppChannel["bulkTopic"]>;

function measuredBatches(bulkTopic: BulkTopic, metrics: DaprMetrics): BulkTopic {
  return async (request, context) => {
    const started = performance.now();
    const labels = { component: request.metadata["pubsubName"] ?? "", topic: request.topic };
    const record = (names: readonly string[]): void => {
      metrics.count("component_pubsub_ingress_bulk_count", labels);
      metrics.observe("component_pubsub_ingress_bulk_latencies", labels, performance.now() - started);
      for (const name of names)
        metrics.count("component_pubsub_ingress_bulk_event_count", { ...labels, process_status: name });
    };
    try {
      const answer = await bulkTopic(request, context);
      record(answer.statuses.map(({ status }) => statusName(status)));
      return answer;
    } catch (error) {
      record(request.entries.map(() => "RETRY"));
      throw error;
    }
  };
}

function measuredActors(actor: ActorChannel, metrics: DaprMetrics): ActorChannel {
  const fired =
    (metric: MetricName) =>
    ({ actorType }: { readonly actorType: string }, isSuccess: boolean): void => {
      metrics.count(metric, { actor_type: actorType, success: String(isSuccess) });
    };
  return {
    ...actor,
    timer: measured(actor.timer, fired("runtime_actor_timers_fired_total")),
    reminder: measured(actor.reminder, fired("runtime_actor_reminders_fired_total")),
    deactivate: measured(actor.deactivate, ({ actorType }, isSuccess) => {
      const metric = isSuccess ? "runtime_actor_deactivated_total" : "runtime_actor_deactivated_failed_total";
      metrics.count(metric, { actor_type: actorType });
    }),
  };
}

function measured<I, O>(
  handle: UnaryHandler<I, O>,
  record: (request: I, isSuccess: boolean, elapsedMs: number) => void,
): UnaryHandler<I, O> {
  return async (request, context) => {
    const started = performance.now();
    try {
      const answer = await handle(request, context);
      record(request, true, performance.now() - started);
      return answer;
    } catch (error) {
      record(request, false, performance.now() - started);
      throw error;
    }
  };
}

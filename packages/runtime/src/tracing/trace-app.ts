import { SpanKind, type Tracer } from "@opentelemetry/api";
import type { appCallback, AppChannel, CallContext, Metadata } from "@mecha/sdk-core/protocol";
import { withMetadata } from "../doors/derived-call.js";
import type { Invoke } from "../observers/observers.js";
import type { WatchEvent } from "../observers/watch-topic-stream.js";
import { CallSpan, type SpanAttributes } from "./call-span.js";
import { daprHeaders } from "./rpc-attributes.js";

/** What the runtime brings to the app gets a span that continues the trace of who sent it, with daprd's names. */
export function traceApp(channel: AppChannel, tracer: Tracer): AppChannel {
  const { topic, bulkTopic, binding } = channel;
  return {
    ...channel,
    ...(topic && {
      topic: async (event, context) => {
        const metadata = traceOfEvent(event.extensions);
        // As in daprd, an event that was published without a trace begins none.
        if (metadata["traceparent"] === undefined) return topic(event, context);
        const span = eventSpan(tracer, event.topic, metadata);
        return withSpan(span, context, (call) => topic(event, call));
      },
    }),
    ...(bulkTopic && {
      bulkTopic: async (request, context) => {
        const spans = request.entries.flatMap(({ event }) => {
          const metadata = event?.$case === "cloudEvent" ? traceOfEvent(event.value.extensions) : {};
          return metadata["traceparent"] === undefined ? [] : [eventSpan(tracer, request.topic, metadata)];
        });
        const end = (failure?: unknown): void => {
          for (const span of spans) span.end(failure);
        };
        try {
          const answer = await bulkTopic(request, context);
          end();
          return answer;
        } catch (error) {
          end(error);
          throw error;
        }
      },
    }),
    ...(binding && {
      binding: async (event, context) => {
        const span = startSpan(tracer, `bindings/${event.name}`, {
          metadata: event.metadata,
          attributes: bindingAttributes(event.name),
        });
        return withSpan(span, context, (call) => binding(event, call));
      },
    }),
  };
}

/** The spans of events on streams, each until the app has answered. */
export function traceStreamedEvents(tracer: Tracer): WatchEvent {
  return (event) => {
    const metadata = traceOfEvent(event.extensions);
    if (metadata["traceparent"] === undefined) return () => undefined;
    const span = eventSpan(tracer, event.topic, metadata);
    return () => span.end();
  };
}

/** Calls from other processes get the span that daprd gives to those of other sidecars. */
export function traceCalledApp(invoke: Invoke, appId: string, tracer: Tracer): Invoke {
  return async (request, context) => {
    const name = `CallLocal/${appId}/${request.method}`;
    const span = new CallSpan(tracer, { name, kind: SpanKind.SERVER, metadata: context.metadata });
    if (span.isRecording) {
      span.describe({
        ...daprHeaders(context.metadata),
        "rpc.service": "ServiceInvocation",
        "dapr.invoke_method": request.method,
        "dapr.protocol": "grpc",
        "dapr.api": "/dapr.proto.internals.v1.ServiceInvocation/CallLocalStream",
      });
    }
    return withSpan(span, context, (call) => invoke(request, call));
  };
}

async function withSpan<T>(
  span: CallSpan,
  context: CallContext,
  call: (context: CallContext) => Promise<T>,
): Promise<T> {
  const { tracestate: _state, ...metadata } = context.metadata;
  try {
    const answer = await span.run(() => call(withMetadata(context, { ...metadata, ...span.allHeaders })));
    span.end();
    return answer;
  } catch (error) {
    span.end(error);
    throw error;
  }
}

function eventSpan(tracer: Tracer, topic: string, metadata: Metadata): CallSpan {
  const attributes = { "messaging.system": "pubsub", "messaging.destination.name": topic };
  return startSpan(tracer, `pubsub/${topic}`, { metadata, attributes });
}

interface Callback {
  readonly metadata: Metadata;
  readonly attributes: SpanAttributes;
}

function startSpan(tracer: Tracer, name: string, { metadata, attributes }: Callback): CallSpan {
  const span = new CallSpan(tracer, { name, kind: SpanKind.CLIENT, metadata });
  if (span.isRecording) span.describe(attributes);
  return span;
}

function bindingAttributes(name: string): SpanAttributes {
  const url = "/dapr.proto.runtime.v1.AppCallback/OnBindingEvent";
  return { "rpc.service": "Dapr", "db.system": "bindings", "db.name": name, "db.connection_string": url };
}

/** The trace of a CloudEvent: `traceparent`, or `traceid` in its older form. */
function traceOfEvent(extensions: appCallback.TopicEventRequest["extensions"]): Record<string, string> {
  const { traceparent, traceid, tracestate }: Readonly<Record<string, unknown>> = extensions ?? {};
  const parent = [traceparent, traceid].find((value) => typeof value === "string" && value !== "");
  return {
    ...(typeof parent === "string" && { traceparent: parent }),
    ...(typeof tracestate === "string" && tracestate !== "" && { tracestate }),
  };
}

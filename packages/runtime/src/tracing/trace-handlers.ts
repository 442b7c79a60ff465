import { SpanKind, type Tracer } from "@opentelemetry/api";
import { daprMethods, type CallContext } from "@mecha/sdk-core/protocol";
import { withMetadata } from "../doors/derived-call.js";
import type { HandlerTable, StreamOutline, UnaryOutline } from "../doors/handler-table.js";
import { aroundHandlers } from "../observers/around-handlers.js";
import { watchStream } from "../observers/watch-stream.js";
import { CallSpan } from "./call-span.js";
import { daprHeaders, describeRpc } from "./rpc-attributes.js";

/**
 * Puts a span around each call of the Dapr service, with the names and attributes of daprd's gRPC API. What handlers see as the
 * call's trace is the span, and so it goes into events and to apps that are called.
 */
export function traceHandlers<U extends UnaryOutline, S extends StreamOutline>(
  table: HandlerTable<U, S>,
  tracer: Tracer,
): HandlerTable<U, S> {
  const begin = (name: string, { metadata }: CallContext): CallSpan =>
    new CallSpan(tracer, { name, kind: SpanKind.CLIENT, metadata });
  return aroundHandlers(table, {
    unary:
      (handle, { path }) =>
      async (request, context) => {
        const span = begin(path, context);
        let failure: unknown;
        try {
          return await span.run(() => handle(request, tracedCall(context, span)));
        } catch (error) {
          failure = error;
          throw error;
        } finally {
          tellTrace(span, path, context);
          endSpan(span, { path, context, request, failure });
        }
      },
    stream:
      (handle, { path }) =>
      (requests, context) => {
        const span = begin(path, context);
        tellTrace(span, path, context);
        const responses = span.run(() => handle(requests, tracedCall(context, span)));
        return watchStream(responses, (failure) => endSpan(span, { path, context, failure }));
      },
  });
}

/** The caller gets the trace as daprd gives it; invocations answer with that of the app that was called. */
function tellTrace(span: CallSpan, path: string, context: CallContext): void {
  const { "grpc-trace-bin": binary = "" } = span.allHeaders;
  if (path !== daprMethods.invokeService.path) context.setHeader("grpc-trace-bin", binary);
}

function tracedCall(context: CallContext, span: CallSpan): CallContext {
  const { tracestate: _state, ...metadata } = context.metadata;
  return withMetadata(context, { ...metadata, ...span.allHeaders });
}

interface EndedCall {
  readonly path: string;
  readonly context: CallContext;
  readonly request?: unknown;
  readonly failure: unknown;
}

function endSpan(span: CallSpan, { path, context, request, failure }: EndedCall): void {
  if (span.isRecording) {
    const { name, attributes } = describeRpc(path, request);
    span.describe({ ...daprHeaders(context.metadata), ...attributes });
    if (name !== undefined) span.rename(name);
  }
  span.end(failure);
}

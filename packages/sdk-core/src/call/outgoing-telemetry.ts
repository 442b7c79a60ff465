import { context, propagation, SpanKind, trace, type Attributes, type Context, type Span } from "@opentelemetry/api";
import type { CallOptions } from "../transport/transport.js";
import { durationHistogram, tracer } from "./instruments.js";
import { attributesOfFailure, endSpan } from "./span-end.js";
import type { CallTarget } from "./with-telemetry.js";

const duration = durationHistogram("rpc.client.call.duration", "Duration of calls to the runtime");

interface TracedCall<R> {
  readonly options: CallOptions;
  readonly send: (options: CallOptions) => R;
}

/** Sends a call with one request inside a span. */
export async function traceUnary<O>(
  target: CallTarget,
  { path }: { readonly path: string },
  { options, send }: TracedCall<Promise<O>>,
): Promise<O> {
  const call = new CallSpan(target, path, options);
  try {
    return await context.with(call.context, send, undefined, call.options);
  } catch (error) {
    call.failed(error);
    throw error;
  } finally {
    call.end();
  }
}

/** Streams a call inside a span that ends with the stream. */
export async function* traceStream<O>(
  target: CallTarget,
  { path }: { readonly path: string },
  { options, send }: TracedCall<AsyncIterable<O>>,
): AsyncGenerator<O, void, undefined> {
  const call = new CallSpan(target, path, options);
  try {
    yield* context.with(call.context, send, undefined, call.options);
  } catch (error) {
    call.failed(error);
    throw error;
  } finally {
    call.end();
  }
}

/** The span of one call, named and described by OpenTelemetry's conventions for RPC. */
class CallSpan {
  /** The options of the call, with the trace in its metadata. */
  readonly options: CallOptions;
  /** In which the call is sent, so that what it does becomes part of the span. */
  readonly context: Context;
  readonly #span: Span;
  readonly #attributes: Attributes;
  readonly #started = performance.now();
  #failure: Attributes | undefined;

  constructor(target: CallTarget, path: string, options: CallOptions) {
    const method = path.slice(1);
    this.#attributes = attributesOf(target, method, options);
    this.#span = tracer().startSpan(method, { kind: SpanKind.CLIENT, attributes: this.#attributes });
    this.context = trace.setSpan(context.active(), this.#span);
    const metadata = { ...options.metadata };
    propagation.inject(this.context, metadata);
    this.options = { ...options, metadata };
  }

  failed(error: unknown): void {
    this.#failure = attributesOfFailure(error);
  }

  end(): void {
    endSpan(this.#span, this.#failure);
    const seconds = (performance.now() - this.#started) / 1000;
    duration().record(
      seconds,
      { ...this.#attributes, "rpc.response.status_code": "OK", ...this.#failure },
      this.context,
    );
  }
}

function attributesOf({ system, address }: CallTarget, method: string, { subject }: CallOptions): Attributes {
  return {
    "rpc.system.name": system,
    "rpc.method": method,
    ...(address !== undefined && serverOf(address)),
    ...(subject !== undefined && { "mecha.operation": subject.operation }),
    ...(subject?.component !== undefined && { "mecha.component": subject.component }),
  };
}

/** Host and port of an endpoint; a socket has only a path. */
function serverOf(endpoint: string): Attributes {
  const [, host, port] = /([^/:@\s]+|\[[^\]]+\]):(\d+)(?:[/?].*)?$/.exec(endpoint) ?? [];
  if (host === undefined) return { "server.address": endpoint };
  return { "server.address": host, "server.port": Number(port) };
}

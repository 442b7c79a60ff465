import {
  context,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type SpanKind,
  type Tracer,
} from "@opentelemetry/api";
import type { Metadata } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { allTraceHeaders, readTrace, traceHeaders } from "./trace-context.js";

/** Attributes of a span; empty ones are left out, as in daprd. */
export type SpanAttributes = Readonly<Record<string, string>>;

/** How a span begins. */
export interface SpanStart {
  readonly name: string;
  readonly kind: SpanKind;
  /** Holds the trace that the span continues, if there is one. */
  readonly metadata: Metadata;
}

/** A span of one call, in daprd's terms. */
export class CallSpan {
  readonly #span: Span;
  readonly #within: Context;

  constructor(tracer: Tracer, { name, kind, metadata }: SpanStart) {
    const parent = readTrace(metadata);
    const outer = parent === undefined ? context.active() : trace.setSpanContext(context.active(), parent);
    this.#span = tracer.startSpan(name, { kind }, outer);
    this.#within = trace.setSpan(outer, this.#span);
  }

  /** Whether anybody will see attributes. */
  get isRecording(): boolean {
    return this.#span.isRecording();
  }

  /** The span as the parent of further ones, in W3C's headers. */
  get headers(): Record<string, string> {
    return traceHeaders(this.#span.spanContext());
  }

  /** The same, with the binary form that gRPC knows as well. */
  get allHeaders(): Record<string, string> {
    return allTraceHeaders(this.#span.spanContext());
  }

  /** Runs what the span is about. */
  run<T>(work: () => T): T {
    return context.with(this.#within, work);
  }

  rename(name: string): void {
    this.#span.updateName(name);
  }

  describe(attributes: SpanAttributes): void {
    this.#span.setAttributes(Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== "")));
  }

  /** Ends the span; a failure makes it an error, with its message. */
  end(failure?: unknown): void {
    if (failure !== undefined) {
      this.#span.setStatus({ code: SpanStatusCode.ERROR, message: MechaError.from(failure).message });
    }
    this.#span.end();
  }
}

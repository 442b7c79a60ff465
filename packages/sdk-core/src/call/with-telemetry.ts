import { lazyModule } from "../lazy-facade.js";
import type { StreamMethod, UnaryMethod } from "../transport/method.js";
import type { CallOptions, Transport } from "../transport/transport.js";
import { passing } from "./interceptor.js";
import { isTelemetryRegistered } from "./telemetry-registered.js";

/** Where calls go, as spans and metrics say it. */
export interface CallTarget {
  /** `grpc`, or `mecha` for calls that do not leave the process. */
  readonly system: "grpc" | "mecha";
  /** Address of the sidecar. */
  readonly address?: string;
}

const telemetry = lazyModule(() => import("./outgoing-telemetry.js"));

/** A transport that makes a span of each call, measures it and sends the trace along, once the app has an OpenTelemetry SDK. */
export function withTelemetry(inner: Transport, target: CallTarget): Transport {
  return {
    ...passing(inner),
    unary<I, O>(method: UnaryMethod<I, O>, request: I, options: CallOptions = {}): Promise<O> {
      if (!isTelemetryRegistered()) return inner.unary(method, request, options);
      const send = (traced: CallOptions): Promise<O> => inner.unary(method, request, traced);
      const { loaded } = telemetry;
      if (loaded !== undefined) return loaded.traceUnary(target, method, { options, send });
      return telemetry.load().then(({ traceUnary }) => traceUnary(target, method, { options, send }));
    },
    stream<I, O>(method: StreamMethod<I, O>, requests: AsyncIterable<I>, options: CallOptions = {}): AsyncIterable<O> {
      if (!isTelemetryRegistered()) return inner.stream(method, requests, options);
      const send = (traced: CallOptions): AsyncIterable<O> => inner.stream(method, requests, traced);
      return tracedStream(target, method, { options, send });
    },
  };
}

async function* tracedStream<O>(
  target: CallTarget,
  method: { readonly path: string },
  call: { readonly options: CallOptions; readonly send: (options: CallOptions) => AsyncIterable<O> },
): AsyncGenerator<O, void, undefined> {
  const { traceStream } = telemetry.loaded ?? (await telemetry.load());
  yield* traceStream(target, method, call);
}

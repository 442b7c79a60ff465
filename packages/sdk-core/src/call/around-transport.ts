import type { StreamMethod, UnaryMethod } from "../transport/method.js";
import type { CallOptions, StatePlaces, Transport } from "../transport/transport.js";
import type { ResolvedCallSettings } from "./call-settings.js";
import type { CallsUnderWay } from "./calls-under-way.js";
import { completeError } from "./complete-error.js";
import { passing, withInterceptors } from "./interceptor.js";
import { withOlderNames } from "./older-names.js";
import { isTelemetryRegistered } from "./telemetry-registered.js";
import { watchStream } from "./watch-stream.js";
import { withResilience } from "./with-resilience.js";
import { withTelemetry, type CallTarget } from "./with-telemetry.js";

/**
 * Puts around a transport what every call shall have. From the outside to the inside: the end of the share (`calls`), complete
 * errors, the deadline, a span, the interceptors in their order, retries and circuit breaker, the names that older runtimes
 * know.
 */
export function aroundTransport(
  inner: Transport,
  settings: ResolvedCallSettings,
  { target, calls }: { readonly target: CallTarget; readonly calls: CallsUnderWay },
): Transport {
  const resilient = withResilience(withOlderNames(inner), settings);
  const traced = withTelemetry(withInterceptors(resilient, settings.interceptors), target);
  const { timeoutMs } = settings;
  const hasTimeout = timeoutMs !== Number.POSITIVE_INFINITY;
  // What has to see each call takes the places away.
  const hasPlaces = settings.interceptors.length === 0 && settings.circuitBreaker === undefined;
  return {
    ...passing(inner),
    ...(hasPlaces && { statePlaces: placesOf(inner) }),
    async unary<I, O>(method: UnaryMethod<I, O>, request: I, options: CallOptions = {}): Promise<O> {
      calls.begin(options.subject);
      try {
        const bounded =
          hasTimeout && options.deadline === undefined ? { ...options, deadline: Date.now() + timeoutMs } : options;
        return await traced.unary(method, request, bounded);
      } catch (thrown) {
        throw completeError(thrown, options.subject);
      } finally {
        calls.end();
      }
    },
    stream<I, O>(method: StreamMethod<I, O>, requests: AsyncIterable<I>, options: CallOptions = {}): AsyncIterable<O> {
      return watchStream(() => traced.stream(method, requests, options), {
        begin: () => {
          calls.begin(options.subject);
        },
        end: () => {
          calls.end();
        },
        error: (thrown) => completeError(thrown, options.subject),
      });
    },
  };
}

function placesOf(inner: Transport): (storeName: string) => StatePlaces | undefined {
  return (storeName) => (isTelemetryRegistered() ? undefined : inner.statePlaces?.(storeName));
}

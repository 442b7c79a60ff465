import { lazyModule } from "../lazy-facade.js";
import type { UnaryMethod } from "../transport/method.js";
import type { CallOptions, Transport } from "../transport/transport.js";
import type { ResolvedCallSettings } from "./call-settings.js";
import { passing } from "./interceptor.js";
import type { Resilience } from "./resilience.js";

const library = lazyModule(() => import("./resilience.js"));

/** A transport that retries and breaks circuits, if the settings ask for either. Streams pass: their blocks reopen them. */
export function withResilience(inner: Transport, settings: ResolvedCallSettings): Transport {
  if (settings.retry.maxRetries === 0 && settings.circuitBreaker === undefined) return inner;
  let made: Resilience | undefined;
  return {
    ...passing(inner),
    async unary<I, O>(method: UnaryMethod<I, O>, request: I, options: CallOptions = {}): Promise<O> {
      const { Resilience: Made } = library.loaded ?? (await library.load());
      return (made ??= new Made(settings)).run(() => inner.unary(method, request, options), options);
    },
    stream: (method, requests, options) => inner.stream(method, requests, options),
  };
}

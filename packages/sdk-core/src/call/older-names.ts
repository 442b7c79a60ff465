import type { StreamMethod, UnaryMethod } from "../transport/method.js";
import type { CallOptions, Transport } from "../transport/transport.js";
import { passing } from "./interceptor.js";
import { isUnknownMethod } from "./unknown-method.js";

const service = "/dapr.proto.runtime.v1.Dapr/";

/**
 * RPCs that daprd 1.18 has under two names, of which the facades use the newer: 1.16 and 1.17 know some by the older one only.
 * Both take the same messages, or messages that are the same on the wire.
 */
const olderNames: ReadonlyMap<string, string> = new Map(
  [
    "BulkPublishEvent",
    "GetConfiguration",
    "SubscribeConfiguration",
    "UnsubscribeConfiguration",
    "ScheduleJob",
    "GetJob",
    "DeleteJob",
    "DeleteJobsByPrefix",
    "ListJobs",
  ].map((name) => [service + name, `${service}${name}Alpha1`]),
);

/** A transport that asks by the older name where the runtime does not know the newer one, and remembers which it knows. */
export function withOlderNames(inner: Transport): Transport {
  const older = new Set<string>();
  return {
    ...passing(inner),
    unary<I, O>(method: UnaryMethod<I, O>, request: I, options?: CallOptions): Promise<O> {
      const path = olderNames.get(method.path);
      if (path === undefined) return inner.unary(method, request, options);
      const renamed = { ...method, path };
      if (older.has(path)) return inner.unary(renamed, request, options);
      return inner.unary(method, request, options).catch(async (first: unknown) => {
        if (!isUnknownMethod(first)) throw first;
        const reply = await inner.unary(renamed, request, options).catch((second: unknown) => {
          if (isUnknownMethod(second)) throw first;
          older.add(path);
          throw second;
        });
        older.add(path);
        return reply;
      });
    },
    stream<I, O>(method: StreamMethod<I, O>, requests: AsyncIterable<I>, options?: CallOptions): AsyncIterable<O> {
      const path = olderNames.get(method.path);
      if (path === undefined) return inner.stream(method, requests, options);
      const renamed = { ...method, path };
      if (older.has(path)) return inner.stream(renamed, requests, options);
      return firstKnown(
        [method, renamed],
        requests,
        (tried, again) => inner.stream(tried, again, options),
        () => older.add(path),
      );
    },
  };
}

/** The replies of the first of two names that the runtime knows. All of these streams have one request, which can be sent again. */
async function* firstKnown<I, O>(
  [newer, older]: readonly [StreamMethod<I, O>, StreamMethod<I, O>],
  requests: AsyncIterable<I>,
  open: (method: StreamMethod<I, O>, requests: AsyncIterable<I>) => AsyncIterable<O>,
  onOlder: () => void,
): AsyncGenerator<O, void, undefined> {
  const sent: I[] = [];
  for await (const request of requests) sent.push(request);
  let isKnown = false;
  try {
    for await (const reply of open(newer, sending(sent))) {
      isKnown = true;
      yield reply;
    }
    return;
  } catch (error) {
    if (isKnown || !isUnknownMethod(error)) throw error;
  }
  for await (const reply of open(older, sending(sent))) {
    onOlder();
    yield reply;
  }
}

async function* sending<I>(requests: readonly I[]): AsyncGenerator<I, void, undefined> {
  yield* requests;
}

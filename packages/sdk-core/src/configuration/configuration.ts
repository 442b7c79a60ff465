import { MechaError } from "@mecha/spec";
import { configurationMethods } from "../generated/methods/configuration.js";
import type { FacadeContext } from "../facade-context.js";
import type { ConfigurationItem } from "../generated/dapr/proto/common/v1/common.js";
import { callOf, type CallEnd } from "../transport/call-options.js";
import type { CallSubject } from "../transport/call-subject.js";
import type { Metadata, Transport } from "../transport/transport.js";

/** A configuration value. */
export interface ConfigurationValue {
  /** The value; empty in a change that removed the key. */
  readonly value: string;
  readonly version: string;
  readonly metadata: Metadata;
}

/** Configuration values by key. */
export type ConfigurationValues = ReadonlyMap<string, ConfigurationValue>;

/** How to read or subscribe. */
export interface ConfigurationCallOptions extends CallEnd {
  readonly metadata?: Metadata;
}

/** A running configuration subscription: yields the values that changed; ends on `close()`, `return()` or the signal. */
export interface ConfigurationSubscription extends AsyncIterable<ConfigurationValues> {
  /** Resolves once changes from now on will be seen. */
  readonly ready: Promise<void>;
  /** Ends the subscription. Idempotent. */
  close(): Promise<void>;
}

/** A configuration store (Dapr's configuration building block). */
export interface Configuration {
  /** Reads keys; absent ones are not in the result. No keys means all, where the store can list them. */
  get(keys: readonly string[], options?: ConfigurationCallOptions): Promise<ConfigurationValues>;
  /** Subscribes to changes of keys. */
  subscribe(keys: readonly string[], options?: ConfigurationCallOptions): ConfigurationSubscription;
}

/** Key in the metadata of an item by which Mecha's runtime says that a change removed it. */
export const removedMetadataKey = "mecha.removed";

/** Makes the facade of one configuration store; `open` ends its subscriptions. */
export function createConfiguration({ transport, open }: FacadeContext, storeName: string): Configuration {
  const reading = { operation: "configuration.get", component: storeName, idempotent: true };
  return {
    async get(keys, { metadata = {}, ...call } = {}) {
      const { items } = await transport.unary(
        configurationMethods.getConfiguration,
        { storeName, keys: [...keys], metadata },
        callOf(reading, call),
      );
      return toValues(items);
    },
    subscribe(keys, options = {}) {
      const subscription = createSubscription(
        transport,
        { storeName, keys: [...keys], metadata: { ...options.metadata } },
        options,
      );
      subscription.over(open.add(() => subscription.close()));
      return subscription;
    },
  };
}

interface SubscribeRequest {
  readonly storeName: string;
  readonly keys: string[];
  readonly metadata: Record<string, string>;
}

interface OwnedSubscription extends ConfigurationSubscription {
  /** Calls back once when the subscription is over. */
  over(listener: () => void): void;
}

function createSubscription(
  transport: Transport,
  request: SubscribeRequest,
  { signal, deadline }: ConfigurationCallOptions,
): OwnedSubscription {
  const stopping = new AbortController();
  const ended = signal === undefined ? stopping.signal : AbortSignal.any([signal, stopping.signal]);
  const subject: CallSubject = { operation: "configuration.subscribe", component: request.storeName };
  const call = callOf(subject, { signal: ended, ...(deadline !== undefined && { deadline }) });
  const stream = transport.stream(configurationMethods.subscribeConfiguration, only(request), call);
  const responses = stream[Symbol.asyncIterator]();
  // The first response carries the id of the subscription and, on daprd, no items: reading it means that we are subscribed.
  const first = responses.next();
  const ready = first.then(() => undefined);
  // Whoever does not await `ready` learns of the failure from the iteration.
  ready.catch(() => undefined);

  async function* changes(): AsyncGenerator<ConfigurationValues, void, undefined> {
    try {
      for (let next = await first; next.done !== true; next = await responses.next()) {
        const values = toValues(next.value.items);
        if (values.size > 0) yield values;
      }
    } catch (error) {
      if (ended.aborted && MechaError.is(error) && error.code === "CANCELLED") return;
      throw error;
    } finally {
      stopping.abort();
    }
  }

  return {
    ready,
    async close() {
      stopping.abort();
      await responses.return?.().catch(() => undefined);
    },
    over(listener) {
      stopping.signal.addEventListener("abort", listener, { once: true });
    },
    [Symbol.asyncIterator]: changes,
  };
}

/** A transport takes requests as an async iterable, also a single one. */
async function* only<T>(request: T): AsyncGenerator<T, void, undefined> {
  yield request;
}

function toValues(items: Readonly<Record<string, ConfigurationItem>>): ConfigurationValues {
  return new Map(
    Object.entries(items).map(([key, { value, version, metadata }]) => [key, { value, version, metadata }]),
  );
}

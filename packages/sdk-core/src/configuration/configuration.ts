import type { FacadeContext } from "../facade-context.js";
import { configurationMethods } from "../generated/methods/configuration.js";
import { callOf, type CallEnd } from "../transport/call-options.js";
import type { Metadata } from "../transport/transport.js";
import {
  ReopeningSubscription,
  type ConfigurationSubscribeOptions,
  type ConfigurationSubscription,
} from "./configuration-subscription.js";
import { toValues, type ConfigurationValues } from "./configuration-value.js";

/** How to read configuration values. */
export interface ConfigurationCallOptions extends CallEnd {
  /** What the component wants to know besides the keys; its own page lists the names. */
  readonly metadata?: Metadata;
}

/** A configuration store (Dapr's configuration building block). */
export interface Configuration {
  /** Reads keys (GetConfiguration); absent ones are not in the result. No keys means all, where the store can list them. */
  get(keys: readonly string[], options?: ConfigurationCallOptions): Promise<ConfigurationValues>;
  /**
   * Subscribes to changes of keys (SubscribeConfiguration); no keys means all, where the store can list them. Resolves when
   * changes from now on will be seen, so read the values after it. The subscription outlives the runtime: it is reopened, and
   * what changed meanwhile is told. Removals are changes with `isRemoved`.
   *
   * @throws MechaError `INVALID_ARGUMENT` with reason `ERR_CONFIGURATION_SUBSCRIBE` if the store refuses; whatever keeps the
   * stream from opening the first time.
   */
  subscribe(keys: readonly string[], options?: ConfigurationSubscribeOptions): Promise<ConfigurationSubscription>;
}

/** Makes the facade of one configuration store. */
export function createConfiguration(context: FacadeContext, storeName: string): Configuration {
  const reading = { operation: "configuration.get", component: storeName, idempotent: true };
  return {
    async get(keys, options = {}) {
      const request = { storeName, keys: [...keys], metadata: { ...options.metadata } };
      const { items } = await context.transport.unary(
        configurationMethods.getConfiguration,
        request,
        callOf(reading, options),
      );
      return toValues(items);
    },
    async subscribe(keys, options = {}) {
      const subscription = new ReopeningSubscription(context, { storeName, keys }, options);
      await subscription.ready;
      return subscription;
    },
  };
}

import type { DaprHandlers } from "@mecha/sdk-core/protocol";
import type { Registry } from "../registry.js";
import { getConfiguration } from "./get-configuration.js";
import {
  subscribeConfiguration,
  unsubscribeConfiguration,
  type OpenConfigurations,
} from "./subscribe-configuration.js";

/** The RPCs of the configuration building block, with their names from when it was alpha. */
export function configurationHandlers(registry: Registry, open: OpenConfigurations): DaprHandlers {
  const get = getConfiguration(registry);
  const subscribe = subscribeConfiguration(registry, open);
  const unsubscribe = unsubscribeConfiguration(open);
  return {
    getConfiguration: get,
    getConfigurationAlpha1: get,
    subscribeConfiguration: subscribe,
    subscribeConfigurationAlpha1: subscribe,
    unsubscribeConfiguration: unsubscribe,
    unsubscribeConfigurationAlpha1: unsubscribe,
  };
}

import type { DaprHandlers } from "@mecha/sdk-core/protocol";
import { createLazyHandlers } from "../doors/lazy-handlers.js";
import type { Registry } from "../registry.js";
import type { OpenConfigurations } from "./subscribe-configuration.js";

/** The RPCs of the configuration building block, with their names from when it was alpha; it is loaded at the first of them. */
export function configurationHandlers(registry: Registry, open: OpenConfigurations): DaprHandlers {
  const { unary, stream } = createLazyHandlers(async () => {
    const { createConfigurationBlock } = await import("./configuration-block.js");
    return createConfigurationBlock(registry, open);
  });
  const get = unary((block) => block.getConfiguration);
  const subscribe = stream((block) => block.subscribeConfiguration);
  const unsubscribe = unary((block) => block.unsubscribeConfiguration);
  return {
    getConfiguration: get,
    getConfigurationAlpha1: get,
    subscribeConfiguration: subscribe,
    subscribeConfigurationAlpha1: subscribe,
    unsubscribeConfiguration: unsubscribe,
    unsubscribeConfigurationAlpha1: unsubscribe,
  };
}

import type { DaprHandlers } from "@mecha/sdk-core/protocol";
import type { Registry } from "../registry.js";
import { getConfiguration } from "./get-configuration.js";
import {
  subscribeConfiguration,
  unsubscribeConfiguration,
  type OpenConfigurations,
} from "./subscribe-configuration.js";

/** The RPCs of the configuration building block, by their stable names. */
export type ConfigurationBlock = Required<
  Pick<DaprHandlers, "getConfiguration" | "subscribeConfiguration" | "unsubscribeConfiguration">
>;

/** Makes the handlers of the configuration building block. */
export function createConfigurationBlock(registry: Registry, open: OpenConfigurations): ConfigurationBlock {
  return {
    getConfiguration: getConfiguration(registry),
    subscribeConfiguration: subscribeConfiguration(registry, open),
    unsubscribeConfiguration: unsubscribeConfiguration(open),
  };
}

import type { configuration, UnaryHandler } from "@mecha/sdk-core/protocol";
import { componentFailure } from "../errors/dapr-error.js";
import type { Registry } from "../registry.js";
import { toItems } from "./configuration-items.js";

/** Dapr's GetConfiguration: absent keys are left out; no keys means all, where the store can list them. */
export function getConfiguration(
  registry: Registry,
): UnaryHandler<configuration.GetConfigurationRequest, configuration.GetConfigurationResponse> {
  return async ({ storeName, keys, metadata }, { signal }) => {
    const { component } = registry.get("configuration", storeName);
    try {
      return { items: toItems(await component.get(keys, { metadata, signal })) };
    } catch (thrown) {
      throw componentFailure(
        "configurationGet",
        `failed to get [${keys.join(" ")}] from Configuration store ${storeName}`,
        thrown,
        storeName,
      );
    }
  };
}

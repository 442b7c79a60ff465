import type { ComponentLogger } from "@mecha/spec";
import type { ResiliencyResource } from "../resources/resiliency-resource.js";
import type { Resiliency } from "./resiliency.js";

/**
 * Compiles the Resiliency resources of an app; loads nothing where there are none.
 *
 * @throws MechaError `CONFIGURATION_INVALID` as {@link Resiliency.compile}
 */
export async function openResiliency(
  resources: readonly ResiliencyResource[],
  logger: ComponentLogger,
): Promise<Resiliency | undefined> {
  if (resources.length === 0) return undefined;
  const { Resiliency: Loaded } = await import("./resiliency.js");
  return Loaded.compile(resources, logger);
}

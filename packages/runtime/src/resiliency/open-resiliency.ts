import type { ComponentLogger } from "@mecha/spec";
import type { ResiliencyResource } from "../resources/resiliency-resource.js";
import type { Protection } from "./protection.js";

/**
 * Compiles the Resiliency resources of an app; loads nothing where there are none.
 *
 * @throws MechaError `CONFIGURATION_INVALID` for a target that names a policy which is not there, and for a `trip` that is no CEL
 */
export async function openResiliency(
  resources: readonly ResiliencyResource[],
  logger: ComponentLogger,
): Promise<Protection | undefined> {
  if (resources.length === 0) return undefined;
  const [{ Resiliency }, { Protection: Loaded }] = await Promise.all([
    import("./resiliency.js"),
    import("./protection.js"),
  ]);
  return new Loaded(await Resiliency.compile(resources, logger));
}

import { MechaError } from "@mecha/sdk-core";
import { type ExternalContextCreator, ModuleRef } from "@nestjs/core";
import type { InstanceWrapper } from "./found-handler.js";

/** The module that provides something, as an injectable that resolves what is in it. */
export function moduleRefOf(wrapper: InstanceWrapper): ModuleRef {
  if (wrapper.host !== undefined) return wrapper.host.getProviderByKey<ModuleRef>(ModuleRef).instance;
  throw new MechaError("INTERNAL", `${wrapper.name} belongs to no module`, { operation: "nest.start" });
}

/**
 * The creator looks for a class's guards and pipes in the module that provides it, and does not find that of a controller: guards
 * named by their class would be left out. So it is told the module.
 */
export function inModuleOf({ host }: InstanceWrapper, creator: ExternalContextCreator): ExternalContextCreator {
  if (host === undefined) return creator;
  const key = { value: () => host.token };
  return Object.create(creator, { getContextModuleKey: key, getHostModuleKey: key }) as ExternalContextCreator;
}

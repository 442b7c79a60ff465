import { MechaError, type ComponentLogger, type NameResolver, type NameResolverDefinition } from "@mecha/spec";
import type { NameResolutionSettings } from "./name-resolution-settings.js";

/** What a resolver is opened with. */
export interface ResolverOptions {
  readonly appId: string;
  readonly logger: ComponentLogger;
}

type Load = () => Promise<{ readonly nameResolver: NameResolverDefinition }>;

/** Those that have no backend but the system's own; the others come from `@mecha/components`. */
const own: Readonly<Record<string, Load>> = {
  static: () => import("./static-resolver.js"),
  nameformat: () => import("./format-resolver.js"),
  kubernetes: () => import("./kubernetes-resolver.js"),
  dns: () => import("./dns-resolver.js"),
};

/** What daprd finds the runtimes of one machine or network by; here, those of one machine find each other by themselves. */
const ofThisMachine = "mdns";

/**
 * Opens what finds apps on other machines; `undefined` for what is this machine's own.
 *
 * @throws MechaError `CONFIGURATION_INVALID` for a component that is not known and for wrong settings
 */
export async function openResolver(
  { component, configuration }: NameResolutionSettings,
  { appId, logger }: ResolverOptions,
): Promise<NameResolver | undefined> {
  if (component === ofThisMachine) {
    logger.warn('the name resolution "mdns" finds apps on this machine only; use static, dns or nacos for others');
    return undefined;
  }
  const { nameResolvers } = await import("@mecha/components");
  const resolvers: Readonly<Record<string, Load>> = { ...nameResolvers, ...own };
  const load = Object.hasOwn(resolvers, component) ? resolvers[component] : undefined;
  if (load === undefined) throw unknownComponent(component, Object.keys(resolvers));
  const { nameResolver } = await load();
  return nameResolver.create({ type: component, configuration, appId, logger });
}

function unknownComponent(component: string, known: readonly string[]): MechaError {
  return new MechaError(
    "CONFIGURATION_INVALID",
    `spec.nameResolution.component is "${component}", which is not served here. There are: ${[...known].sort().join(", ")}. What daprd registers with others are ports of its own protocol.`,
    { operation: "names.open" },
  );
}

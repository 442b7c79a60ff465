import type { ComponentLogger } from "@mecha/spec";
import type { Catalogue } from "./components/load-definition.js";
import { startComponents, type StartContext } from "./components/start-components.js";
import { defaultMaxMessageBytes } from "./doors/message-limit.js";
import { runtimeFolderOf } from "./instances/runtime-folder.js";
import { openInvocation, type OpenInvocation } from "./invocation/open-invocation.js";
import { createLogger } from "./logger.js";
import { openObservers, type OpenObservers } from "./observers/open-observers.js";
import { openOutbox } from "./outbox/open-outbox.js";
import type { Outbox } from "./outbox/outbox.js";
import { Registry } from "./registry.js";
import { openResiliency } from "./resiliency/open-resiliency.js";
import type { Protection } from "./resiliency/protection.js";
import type { ConfigurationSettings } from "./resources/configuration-resource.js";
import { readResources, type Resources } from "./resources/read-resources.js";
import type { RuntimeOptions } from "./runtime-options.js";

/** What a runtime stands on: what it has read, and what that has opened. */
export interface RuntimeParts extends OpenObservers {
  readonly resources: Resources;
  readonly configuration: ConfigurationSettings;
  /** What components are started with, at the start and later. */
  readonly start: StartContext;
  readonly registry: Registry;
  /** Absent where no state store has one. */
  readonly outbox: Outbox | undefined;
  /** Absent where there are no Resiliency resources. */
  readonly protection: Protection | undefined;
  /** Ways to other apps, and from them. */
  readonly others: OpenInvocation;
  /** Folder in which the processes of this machine meet. */
  readonly folder: () => string;
  readonly maxMessageBytes: number;
  readonly logger: ComponentLogger;
}

/**
 * Reads the resources of a runtime and opens what they ask for: components, ways to other apps, what watches it all.
 *
 * @throws MechaError as `createRuntime`; nothing stays open then
 */
export async function openParts(options: RuntimeOptions): Promise<RuntimeParts> {
  const { appId, baseFolder = process.cwd(), maxMessageBytes = defaultMaxMessageBytes } = options;
  const resources = await readResources(options.resourcesPaths, appId);
  const configuration = await configurationOf(options.configFile);
  const logger = createLogger("runtime");
  const protection = await openResiliency(resources.resiliencies, logger);
  const start: StartContext = {
    appId,
    baseFolder,
    catalogue: await catalogueOf(options),
    loggerFor: (name) => createLogger(name),
    ...(protection !== undefined && { wrap: (running) => protection.component(running) }),
  };
  const registry = new Registry(await startComponents(resources.components, start));
  let found: string | undefined;
  const folder = (): string => (found ??= runtimeFolderOf(baseFolder, options.namespace));
  const parts = { resources, configuration, start, registry, protection, folder, maxMessageBytes, logger };
  const opened: { close(): Promise<void> }[] = [registry];
  try {
    const outbox = await openOutbox({ registry, appId, logger });
    const others = await openOthers(options, parts);
    opened.unshift(others);
    const { metrics, openSpans } = options;
    const watched = await openObservers({ appId, registry, protection, configuration, metrics, openSpans });
    return { ...parts, ...watched, outbox, others };
  } catch (error) {
    for (const one of opened) await one.close().catch(() => undefined);
    throw error;
  }
}

function openOthers(
  { appId, appGrpcPort, appApiToken, peers = {} }: RuntimeOptions,
  parts: Omit<RuntimeParts, "outbox" | "others" | keyof OpenObservers>,
): Promise<OpenInvocation> {
  const { folder, maxMessageBytes, logger, registry, resources, configuration, protection } = parts;
  return openInvocation({
    ...{ appId, folder, maxMessageBytes, logger, registry, configuration, peers },
    httpEndpoints: resources.httpEndpoints,
    ...(protection !== undefined && { policyFor: protection.proxyPolicies(appId) }),
    ...(appGrpcPort !== undefined && { appGrpcPort }),
    ...(appApiToken !== undefined && { appApiToken }),
  });
}

async function catalogueOf({ catalogue, components = [] }: RuntimeOptions): Promise<Catalogue> {
  const types = catalogue ?? (await import("@mecha/components/catalogue")).catalogue;
  if (components.length === 0) return types;
  const own = components.map((component) => [component.type, () => Promise.resolve({ component })] as const);
  return { ...types, ...Object.fromEntries(own) };
}

async function configurationOf(file: string | undefined): Promise<ConfigurationSettings> {
  if (file === undefined) return { secretScopes: [] };
  const { readConfigurationFile } = await import("./resources/configuration-resource.js");
  return readConfigurationFile(file);
}

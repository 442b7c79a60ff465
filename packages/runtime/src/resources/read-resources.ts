import type { appCallback } from "@mecha/sdk-core/protocol";
import { createLogger } from "../logger.js";
import { readResourceDocuments, type ResourceDocument } from "@mecha/sdk-core/resources";
import { parseComponent, type ComponentResource } from "./component-resource.js";
import type { HttpEndpointResource } from "./http-endpoint-resource.js";
import { overlookedResiliencies } from "./overlooked-resiliencies.js";
import type { ResiliencyResource } from "./resiliency-resource.js";
import { unknownFields } from "./unknown-fields.js";
import { resourceError } from "./resource-error.js";

/** What the resource folders hold for one app. */
export interface Resources {
  readonly components: readonly ComponentResource[];
  /** Topics for which the runtime is to call the app. */
  readonly subscriptions: readonly appCallback.TopicSubscription[];
  /** Servers outside that apps call by a name. */
  readonly httpEndpoints: readonly HttpEndpointResource[];
  readonly resiliencies: readonly ResiliencyResource[];
}

/**
 * Reads the resources of an app: those whose scopes and namespace fit. Kinds that the runtime does not know are left alone.
 *
 * @throws MechaError `CONFIGURATION_INVALID` with file and line for anything that is wrong, and for two components of one name.
 */
export async function readResources(paths: readonly string[], appId: string): Promise<Resources> {
  const all = await readResourceDocuments(paths);
  const documents = all.filter((document) => isFor(document, appId));
  const ofKind = (kind: string): ResourceDocument[] => documents.filter((document) => document.kind === kind);
  const components = await Promise.all(ofKind("Component").map(parseComponent));
  await checkConfigurations(ofKind("Configuration"));
  refuseDuplicates(components);
  const warnings = [...documents.flatMap(unknownFields), ...overlookedResiliencies(all)];
  for (const warning of warnings) createLogger("runtime").warn(warning);
  return {
    components,
    subscriptions: await subscriptionsOf(ofKind("Subscription")),
    httpEndpoints: await httpEndpointsOf(ofKind("HTTPEndpoint")),
    resiliencies: await resilienciesOf(ofKind("Resiliency")),
  };
}

// What a kind is read with is loaded where there is one of it.

async function checkConfigurations(documents: readonly ResourceDocument[]): Promise<void> {
  if (documents.length === 0) return;
  const { checkConfiguration } = await import("./other-resources.js");
  documents.forEach(checkConfiguration);
}

async function subscriptionsOf(documents: readonly ResourceDocument[]): Promise<Resources["subscriptions"]> {
  if (documents.length === 0) return [];
  const { parseSubscription } = await import("./subscription-resource.js");
  return Promise.all(documents.map(parseSubscription));
}

async function httpEndpointsOf(documents: readonly ResourceDocument[]): Promise<readonly HttpEndpointResource[]> {
  if (documents.length === 0) return [];
  const { parseHttpEndpoint } = await import("./http-endpoint-resource.js");
  return documents.map(parseHttpEndpoint);
}

async function resilienciesOf(documents: readonly ResourceDocument[]): Promise<readonly ResiliencyResource[]> {
  if (documents.length === 0) return [];
  const { parseResiliency } = await import("./resiliency-resource.js");
  return documents.map(parseResiliency);
}

function isFor({ scopes, value }: ResourceDocument, appId: string): boolean {
  if (scopes.length > 0 && !scopes.includes(appId)) return false;
  const own = process.env["NAMESPACE"] ?? "";
  // Only the shape that readResourceDocuments has checked is relied on.
  const { namespace } = (value as { metadata?: { namespace?: unknown } | null }).metadata ?? {};
  return own === "" || typeof namespace !== "string" || namespace === "" || namespace === own;
}

function refuseDuplicates(components: readonly ComponentResource[]): void {
  const first = new Map<string, ComponentResource>();
  for (const component of components) {
    const { document, name } = component;
    const earlier = first.get(name);
    if (earlier !== undefined) {
      const where = earlier.document.locate(["metadata", "name"]);
      throw resourceError(
        document,
        ["metadata", "name"],
        `there is already a component of this name at ${where}. Rename or remove one, or give them different scopes.`,
      );
    }
    first.set(name, component);
  }
}

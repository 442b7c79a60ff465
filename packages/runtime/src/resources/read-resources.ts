import type { appCallback } from "@mecha/sdk-core/protocol";
import { createLogger } from "../logger.js";
import { readResourceDocuments, type ResourceDocument } from "@mecha/sdk-core/resources";
import { parseComponent, type ComponentResource } from "./component-resource.js";
import { checkResource, isCheckedKind } from "./other-resources.js";
import { parseHttpEndpoint, type HttpEndpointResource } from "./http-endpoint-resource.js";
import { parseResiliency, type ResiliencyResource } from "./resiliency-resource.js";
import { parseSubscription } from "./subscription-resource.js";
import { overlookedResiliencies } from "./overlooked-resiliencies.js";
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
  const components = documents.filter(({ kind }) => kind === "Component").map(parseComponent);
  for (const document of documents) {
    if (isCheckedKind(document.kind)) checkResource(document, document.kind);
  }
  refuseDuplicates(components);
  const warnings = [...documents.flatMap(unknownFields), ...overlookedResiliencies(all)];
  for (const warning of warnings) createLogger("runtime").warn(warning);
  const ofKind = (kind: string): ResourceDocument[] => documents.filter((document) => document.kind === kind);
  return {
    components,
    subscriptions: await Promise.all(ofKind("Subscription").map(parseSubscription)),
    httpEndpoints: ofKind("HTTPEndpoint").map(parseHttpEndpoint),
    resiliencies: ofKind("Resiliency").map(parseResiliency),
  };
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

import type { InvocationMembers } from "../app-channel/http-invocation.js";
import type { Registry } from "../registry.js";
import type { HttpEndpointResource } from "../resources/http-endpoint-resource.js";
import type { HttpEndpoints } from "./http-endpoints.js";

/** The servers outside that an app may invoke. */
export interface OpenEndpoints {
  /** The names of HTTPEndpoint resources. */
  readonly names: ReadonlySet<string>;
  /** What calls a server outside; `undefined`, at once, for an id that is that of an app. */
  find(id: string): Promise<InvocationMembers> | undefined;
  close(): void;
}

/**
 * Looks up what HTTPEndpoints refer to. What calls them is loaded with the first of them, or with the first call of an address.
 *
 * @throws MechaError `CONFIGURATION_INVALID` with file, line and key for a reference that leads nowhere
 */
export async function openEndpoints(
  resources: readonly HttpEndpointResource[],
  registry: Registry,
  maxMessageBytes: number,
): Promise<OpenEndpoints> {
  let loading: Promise<HttpEndpoints> | undefined;
  const load = (): Promise<HttpEndpoints> => (loading ??= open(resources, registry, maxMessageBytes));
  if (resources.length > 0) await load();
  const names = new Set(resources.map(({ name }) => name));
  return {
    names,
    find: (id) => (names.has(id) || isAddress(id) ? load().then((endpoints) => endpoints.find(id)) : undefined),
    close: () => void loading?.then((endpoints) => endpoints.close()),
  };
}

/** Whether an app id is an address: service invocation calls that server then. */
function isAddress(id: string): boolean {
  return id.startsWith("http") && URL.canParse(id) && /^https?:\/\//u.test(id);
}

async function open(
  resources: readonly HttpEndpointResource[],
  registry: Registry,
  maxMessageBytes: number,
): Promise<HttpEndpoints> {
  const { HttpEndpoints } = await import("./http-endpoints.js");
  if (resources.length === 0) return new HttpEndpoints(new Map(), maxMessageBytes);
  const { resolveEndpoint } = await import("./resolve-endpoint.js");
  const targets = await Promise.all(
    resources.map(async (resource) => [resource.name, await resolveEndpoint(resource, registry)] as const),
  );
  return new HttpEndpoints(new Map(targets), maxMessageBytes);
}

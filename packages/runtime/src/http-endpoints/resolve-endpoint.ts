import type { Secret, SecretStore } from "@mecha/spec";
import type { Registry } from "../registry.js";
import type { EndpointSetting, HttpEndpointResource, TlsDocument } from "../resources/http-endpoint-resource.js";
import { resolveSetting } from "../resources/resolve-settings.js";
import { resourceError } from "../resources/resource-error.js";
import type { EndpointTarget } from "./endpoint-client.js";

/**
 * Looks up what an HTTPEndpoint refers to: secrets and environment variables of its headers, and its PEM documents.
 *
 * @throws MechaError `CONFIGURATION_INVALID` with file, line and key for a reference that leads nowhere
 */
export async function resolveEndpoint(endpoint: HttpEndpointResource, registry: Registry): Promise<EndpointTarget> {
  const lookUpSecret = secretsOf(endpoint, registry);
  const valueOf = async (setting: EndpointSetting): Promise<readonly [string, string]> => [
    setting.name,
    await resolveSetting(endpoint, { setting, path: setting.path }, { lookUpSecret }),
  ];
  const headers = await Promise.all(endpoint.headers.map(valueOf));
  const documents = await Promise.all(endpoint.tls.map(valueOf));
  const tls = new Map(documents);
  const documentOf = (name: TlsDocument): string | undefined => tls.get(name);
  const [ca, cert, key] = [documentOf("rootCA"), documentOf("certificate"), documentOf("privateKey")];
  return {
    baseUrl: endpoint.baseUrl,
    headers: Object.fromEntries(headers),
    tls: { ...(ca !== undefined && { ca }), ...(cert !== undefined && { cert }), ...(key !== undefined && { key }) },
  };
}

/** Reads secrets of the store that the endpoint names. */
function secretsOf(
  { document, secretStore }: HttpEndpointResource,
  registry: Registry,
): (name: string) => Promise<Secret | undefined> {
  return async (name) => {
    const stores = registry.all.filter(({ kind }) => kind === "secretstores");
    const found = stores.find((store) => store.name === secretStore);
    if (found === undefined) {
      const known = stores.map((store) => `"${store.name}"`).join(", ");
      throw resourceError(
        document,
        ["auth", "secretStore"],
        `there is no secret store "${secretStore ?? ""}". ${known === "" ? "Add a component whose type begins with secretstores." : `There are: ${known}.`}`,
      );
    }
    // What is registered under a kind is of that kind.
    return (found.component as SecretStore).get(name);
  };
}

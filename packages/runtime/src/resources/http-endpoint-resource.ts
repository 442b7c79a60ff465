import type { ResourceDocument } from "@mecha/sdk-core/resources";
import * as z from "zod/mini";
import type { ComponentSetting } from "./component-resource.js";
import { parseResource } from "./parse-resource.js";
import { resourceError, type ResourcePath } from "./resource-error.js";

/** A setting of an endpoint, and where in its document it stands. */
export interface EndpointSetting extends ComponentSetting {
  readonly path: ResourcePath;
}

/** The documents of a TLS client that an endpoint may name. */
export type TlsDocument = "rootCA" | "certificate" | "privateKey";

/** A resource of kind HTTPEndpoint, as written: references are not looked up yet. */
export interface HttpEndpointResource {
  readonly document: ResourceDocument;
  readonly name: string;
  readonly baseUrl: URL;
  /** Headers that go with every call, by their names in lower case. */
  readonly headers: readonly EndpointSetting[];
  /** PEM documents, by {@link TlsDocument}. */
  readonly tls: readonly EndpointSetting[];
  /** The secret store that `secretKeyRef` means. */
  readonly secretStore?: string;
}

const scalar = z.union([z.string(), z.number(), z.boolean()], { error: "text is required" });

const secretKeyRef = z.object({
  name: z.string({ error: "the secret's name is required" }).check(z.minLength(1, "the secret's name is required")),
  key: z.optional(z.string({ error: "the key of a secret is text" })),
});

const header = z.object({
  name: z
    .string({ error: "each header needs a name" })
    .check(z.regex(/^[!#$%&'*+.^_`|~\w-]+$/u, "that is no name of a header")),
  value: z.nullish(scalar),
  secretKeyRef: z.optional(secretKeyRef),
  envRef: z.optional(z.string().check(z.minLength(1, "the name of an environment variable is required"))),
});

const pem = z.nullish(z.object({ value: z.nullish(scalar), secretKeyRef: z.optional(secretKeyRef) }));

const schema = z.object({
  metadata: z.object(
    { name: z.string({ error: "a name is required" }).check(z.minLength(1, "a name is required")) },
    { error: "metadata with a name is required" },
  ),
  spec: z.object(
    {
      baseUrl: z.string({ error: 'an address such as "https://bank.example" is required' }),
      headers: z.nullish(z.array(header, { error: "a list of headers with name and value is required" })),
      clientTLS: z.nullish(
        z.object({
          rootCA: pem,
          certificate: pem,
          privateKey: pem,
          // Node's TLS decides by itself; the value is checked so that the same file is good for daprd.
          renegotiation: z.optional(
            z.enum(["Never", "OnceAsClient", "FreelyAsClient"], {
              error: 'it is "Never", "OnceAsClient" or "FreelyAsClient"',
            }),
          ),
        }),
      ),
    },
    { error: "spec with a baseUrl is required" },
  ),
  auth: z.nullish(z.object({ secretStore: z.optional(z.string()) }, { error: "auth with a secretStore is required" })),
});

/**
 * Reads a document of kind HTTPEndpoint.
 *
 * @throws MechaError `CONFIGURATION_INVALID` for anything that is wrong, with file, line and key
 */
export function parseHttpEndpoint(document: ResourceDocument): HttpEndpointResource {
  const { metadata, spec, auth } = parseResource(document, schema);
  const headers = (spec.headers ?? []).map((entry, index) => ({
    ...toSetting(entry.name.toLowerCase(), entry, ["spec", "headers", index]),
    ...(entry.envRef !== undefined && { envRef: entry.envRef }),
  }));
  const { rootCA, certificate, privateKey } = spec.clientTLS ?? {};
  if (!isGiven(certificate) && isGiven(privateKey))
    throw resourceError(document, ["spec", "clientTLS"], `"privateKey" goes with "certificate"; add that`);
  if (isGiven(certificate) && !isGiven(privateKey))
    throw resourceError(document, ["spec", "clientTLS"], `"certificate" goes with "privateKey"; add that`);
  const tls = Object.entries({ rootCA, certificate, privateKey }).flatMap(([name, entry]) =>
    isGiven(entry) ? [toSetting(name, entry, ["spec", "clientTLS", name])] : [],
  );
  const { secretStore = "" } = auth ?? {};
  return {
    document,
    name: metadata.name,
    baseUrl: toUrl(document, spec.baseUrl),
    headers,
    tls,
    ...(secretStore !== "" && { secretStore }),
  };
}

type Pem = z.infer<typeof pem>;

function isGiven(entry: Pem): entry is NonNullable<Pem> {
  return entry?.secretKeyRef !== undefined || (entry?.value !== undefined && entry.value !== null);
}

function toSetting(
  name: string,
  { value, secretKeyRef: secret }: NonNullable<Pem>,
  path: ResourcePath,
): EndpointSetting {
  return {
    name,
    path,
    ...(value !== undefined && value !== null && { value: String(value) }),
    ...(secret !== undefined && { secretKeyRef: { name: secret.name, key: secret.key ?? secret.name } }),
  };
}

function toUrl(document: ResourceDocument, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/u.test(url.protocol) && url.search === "" && url.hash === "") return url;
  throw resourceError(
    document,
    ["spec", "baseUrl"],
    `"spec.baseUrl" is "${text}"; write an address without a query, such as https://bank.example/api`,
  );
}

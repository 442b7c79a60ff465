import type { NameResolver, NameResolverDefinition, ResolveRequest } from "@mecha/spec";
import { invalidSetting, textSetting } from "./invalid-setting.js";
import { systemLookUp } from "./look-up.js";
import { resolveByDns } from "./resolve-by-dns.js";

/** The port of runtimes in Kubernetes unless the template has another, as daprd's. */
const defaultPort = 50_002;

const known = /\{\{\s*\.(ID|Namespace|Port)\s*\}\}/gu;

/**
 * `kubernetes`: the DNS names of services, as daprd's component of the name: `<app>-dapr.<namespace>.svc.<clusterDomain>`, or those
 * of a template. A headless service has an address for each process of the app.
 *
 * Settings: `clusterDomain` (default `cluster.local`); `template`, with `{{.ID}}`, `{{.Namespace}}`, `{{.Port}}`.
 */
export const nameResolver: NameResolverDefinition = {
  create: async (context): Promise<NameResolver> => {
    const domain = textSetting(context, "clusterDomain") ?? "cluster.local";
    const template = textSetting(context, "template") ?? `{{.ID}}-dapr.{{.Namespace}}.svc.${domain}:{{.Port}}`;
    if (/[{}]/u.test(template.replaceAll(known, "")))
      throw invalidSetting(context, "template", "may have {{.ID}}, {{.Namespace}} and {{.Port}} only");
    return {
      backend: `dns:${template}`,
      resolve: (request) => resolveByDns(fill(template, request), systemLookUp),
    };
  },
};

function fill(template: string, { appId, namespace }: ResolveRequest): string {
  return template.replaceAll(known, (_, name: string) =>
    name === "ID" ? appId : name === "Namespace" ? namespace : String(defaultPort),
  );
}

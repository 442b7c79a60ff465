import { hostname } from "node:os";
import type { Secret } from "@mecha/spec";
import type { ComponentResource, ComponentSetting } from "./component-resource.js";
import { resourceError, type ResourcePath } from "./resource-error.js";

/** Reads a secret of the component's secret store; `undefined` if it has none of that name. */
type SecretLookup = (secretName: string) => Promise<Secret | undefined>;

/** What values are looked up with. */
export interface ResolveContext {
  readonly appId: string;
  readonly lookUpSecret: SecretLookup;
}

/**
 * Gives a component's metadata as text: secret and environment references looked up, and daprd's placeholders
 * (`{appID}`, `{namespace}`, `{podName}`, `{uuid}`) replaced.
 *
 * @throws MechaError `CONFIGURATION_INVALID` with file, line and key for a reference that leads nowhere.
 */
export async function resolveSettings(
  component: ComponentResource,
  context: ResolveContext,
): Promise<Readonly<Record<string, string>>> {
  const entries = await Promise.all(
    component.settings.map(async (setting, index) => {
      const path = ["spec", "metadata", index];
      const value = await resolveSetting(component, { setting, path }, context);
      return [setting.name, fillPlaceholders(value, context.appId)] as const;
    }),
  );
  return Object.fromEntries(entries);
}

/**
 * Looks up one setting of a resource.
 *
 * @param owner - the resource, and the secret store that it names
 * @throws MechaError as {@link resolveSettings}
 */
export async function resolveSetting(
  owner: Pick<ComponentResource, "document" | "secretStore">,
  { setting, path }: { readonly setting: ComponentSetting; readonly path: ResourcePath },
  { lookUpSecret }: Pick<ResolveContext, "lookUpSecret">,
): Promise<string> {
  const { value, envRef, secretKeyRef } = setting;
  const wrong = (key: string, problem: string, cause?: unknown): never => {
    const what = owner.document.kind === "Component" ? "metadata key" : "the value of";
    throw resourceError(owner.document, [...path, key], `${what} "${setting.name}" ${problem}`, cause);
  };
  // daprd's order: a value wins over references.
  if (value !== undefined && value !== "") return value;
  if (envRef !== undefined) return fromEnvironment(envRef, (problem) => wrong("envRef", problem));
  if (secretKeyRef === undefined) return value ?? "";
  const store = owner.secretStore;
  if (store === undefined) {
    return wrong(
      "secretKeyRef",
      'names a secret but no secret store is named. Add "auth: { secretStore: <name of a secret store component> }".',
    );
  }
  const secret = await lookUpSecret(secretKeyRef.name).catch((cause: unknown) =>
    wrong(
      "secretKeyRef",
      `needs the secret "${secretKeyRef.name}", which the secret store "${store}" could not give: ${messageOf(cause)}`,
      cause,
    ),
  );
  // Own keys only: every object inherits some, such as "constructor".
  const found = secret !== undefined && Object.hasOwn(secret, secretKeyRef.key) ? secret[secretKeyRef.key] : undefined;
  if (found !== undefined) return found;
  const missing =
    secret === undefined
      ? `no secret "${secretKeyRef.name}"`
      : `no key "${secretKeyRef.key}" in the secret "${secretKeyRef.name}"`;
  return wrong(
    "secretKeyRef",
    `leads nowhere: the secret store "${store}" has ${missing}. Add it there, or correct the reference.`,
  );
}

/** daprd keeps its own variables, and the app's token, out of components. */
function fromEnvironment(variable: string, wrong: (problem: string) => never): string {
  const upper = variable.toUpperCase();
  if (upper === "APP_API_TOKEN" || upper.startsWith("DAPR_") || upper.includes(" ")) {
    return wrong(
      `may not take the environment variable "${variable}": names that begin with DAPR_, APP_API_TOKEN and names with spaces are refused`,
    );
  }
  return (
    (Object.hasOwn(process.env, variable) ? process.env[variable] : undefined) ??
    wrong(`takes the environment variable "${variable}", which is not set. Set it, or write a value.`)
  );
}

function fillPlaceholders(value: string, appId: string): string {
  if (!value.includes("{")) return value;
  return value
    .replaceAll("{appID}", appId)
    .replaceAll("{namespace}", process.env["NAMESPACE"] ?? "default")
    .replaceAll("{podName}", process.env["POD_NAME"] ?? hostname())
    .replaceAll("{uuid}", () => process.getBuiltinModule("node:crypto").randomUUID());
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

import type { ResourceDocument } from "@mecha/sdk-core/resources";
import { nearNames } from "./near-names.js";
import type { ResourcePath } from "./resource-error.js";

const top = ["apiVersion", "kind", "metadata", "spec", "scopes", "status"];

/** The fields of Dapr's resources, as far down as they have names of their own. */
const fields: Readonly<Record<string, { readonly top: readonly string[]; readonly spec: readonly string[] }>> = {
  Component: { top: [...top, "auth"], spec: ["type", "version", "ignoreErrors", "initTimeout", "metadata"] },
  Subscription: {
    top,
    spec: ["pubsubname", "topic", "route", "routes", "deadLetterTopic", "metadata", "bulkSubscribe"],
  },
  HTTPEndpoint: { top: [...top, "auth"], spec: ["baseUrl", "headers", "clientTLS"] },
  Resiliency: { top, spec: ["policies", "targets"] },
};

const settingFields = ["name", "value", "secretKeyRef", "envRef"];

/**
 * Says which fields of a resource nobody reads, as `file:line` and what was probably meant. daprd reads past them without a word, so they are no
 * error here either.
 */
export function unknownFields(document: ResourceDocument): readonly string[] {
  if (document.kind === "List") {
    return [`${document.locate([])}: a List is not read, as by daprd; separate its items by --- instead`];
  }
  const known = Object.hasOwn(fields, document.kind) ? fields[document.kind] : undefined;
  if (known === undefined) return unknownKind(document);
  // A resource is a mapping: readResourceDocuments has checked that.
  const { spec } = document.value as { spec?: { metadata?: unknown } | null };
  const settings: readonly unknown[] =
    document.kind === "Component" && Array.isArray(spec?.metadata) ? spec.metadata : [];
  return [
    ...unknownIn({ document, path: [], value: document.value }, known.top),
    ...unknownIn({ document, path: ["spec"], value: spec }, known.spec),
    ...settings.flatMap((entry, index) =>
      unknownIn({ document, path: ["spec", "metadata", index], value: entry }, settingFields),
    ),
  ];
}

/** Dapr's kinds alone: of others nobody here knows who reads them. */
function unknownKind(document: ResourceDocument): readonly string[] {
  const { apiVersion, kind } = document;
  if (!apiVersion.startsWith("dapr.io/") || kind === "Configuration") return [];
  const kinds = [...Object.keys(fields), "Configuration"];
  const [near] = nearNames(kind, kinds);
  const hint = near === undefined ? `There are: ${kinds.join(", ")}.` : `Did you mean: ${near}?`;
  return [`${document.locate(["kind"])}: nobody reads a resource of kind "${kind}". ${hint}`];
}

interface Part {
  readonly document: ResourceDocument;
  readonly path: ResourcePath;
  readonly value: unknown;
}

function unknownIn({ document, path, value }: Part, known: readonly string[]): readonly string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  const unknown = Object.keys(value).filter((key) => !known.includes(key));
  return unknown.map((key) => {
    const near = nearNames(key, known);
    const list = (near.length > 0 ? near : known).join(", ");
    const place = document.locate([...path, key]);
    const hint = near.length > 0 ? `Did you mean: ${list}?` : `There are: ${list}.`;
    return `${place}: ${document.kind} "${document.name}": nobody reads "${[...path, key].join(".")}". ${hint}`;
  });
}

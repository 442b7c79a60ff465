import type { ComponentDefinition } from "@mecha/spec";
import { ownModuleKey, type ComponentResource } from "../resources/component-resource.js";
import { nearNames } from "../resources/near-names.js";
import { resourceError } from "../resources/resource-error.js";

/** Component types and how to load each; `@mecha/components` exports one. */
export type Catalogue = Readonly<Record<string, () => Promise<{ readonly component: ComponentDefinition }>>>;

/** Where implementations are looked for. */
export interface DefinitionSources {
  readonly catalogue: Catalogue;
  /** Folder from which packages that YAML names are resolved. */
  readonly baseFolder: string;
}

const typePath = ["spec", "type"] as const;

/**
 * Loads what implements a component, from the module that its YAML names or else from the catalogue, and checks that it may be
 * used: type and version are known, and a component that keeps its data in memory is not in production unless its YAML allows it.
 *
 * @throws MechaError `CONFIGURATION_INVALID` that says what to write instead.
 */
export async function loadDefinition(
  component: ComponentResource,
  { catalogue, baseFolder }: DefinitionSources,
): Promise<ComponentDefinition> {
  const definition =
    component.module === undefined
      ? await loadFromCatalogue(component, catalogue)
      : await (await import("./load-own-component.js")).loadOwnComponent(component, component.module, baseFolder);
  checkVersion(component, definition);
  checkVolatile(component, definition);
  return definition;
}

async function loadFromCatalogue(component: ComponentResource, catalogue: Catalogue): Promise<ComponentDefinition> {
  const load = Object.hasOwn(catalogue, component.type) ? catalogue[component.type] : undefined;
  if (load === undefined) throw unknownType(component, Object.keys(catalogue));
  const loaded = await load().catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw resourceError(
      component.document,
      typePath,
      `the implementation of ${component.type} cannot be loaded: ${reason}. Is @mecha/components installed with its optional dependencies?`,
      cause,
    );
  });
  return loaded.component;
}

function unknownType(component: ComponentResource, types: readonly string[]): Error {
  const near = nearNames(component.type, types);
  const prefix = `${component.type.split(".", 1)[0] ?? ""}.`;
  const sameKind = types.filter((type) => type.startsWith(prefix));
  const [label, list] =
    near.length > 0 ? ["Did you mean", near] : sameKind.length > 0 ? ["There are", sameKind] : ["There are", types];
  return resourceError(
    component.document,
    typePath,
    `the component type "${component.type}" is unknown. ${label}: ${[...list].sort().join(", ")}${label === "Did you mean" ? "?" : "."} The metadata entry ${ownModuleKey} names a module with a component of your own.`,
  );
}

function checkVersion(component: ComponentResource, definition: ComponentDefinition): void {
  const { versions = ["v1"] } = definition;
  // daprd takes the empty version and v0 for v1.
  const version = component.version === "" || component.version === "v0" ? "v1" : component.version;
  if (versions.includes(version)) return;
  throw resourceError(
    component.document,
    ["spec", "version"],
    `${component.type} has no version "${component.version}". Write ${versions.join(" or ")}.`,
  );
}

function checkVolatile(component: ComponentResource, definition: ComponentDefinition): void {
  if (definition.volatile !== true || process.env["NODE_ENV"] !== "production") return;
  const allowed = component.settings.find(({ name }) => name === "mecha.allowVolatile")?.value;
  if (allowed === "true") return;
  throw resourceError(
    component.document,
    typePath,
    `${component.type} forgets everything when the process ends, so it is refused with NODE_ENV=production. Use a durable component, or add the metadata entry { name: mecha.allowVolatile, value: "true" }.`,
  );
}

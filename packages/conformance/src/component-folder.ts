import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A component, as its YAML says. */
export interface ComponentDefinition {
  readonly name: string;
  readonly type: string;
  /** Values may have `{folder}` in them, the folder's path. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** What the folder has besides components. */
export interface ComponentFolderOptions {
  /** YAML that is added as it is: adapters, resiliency, subscriptions. */
  readonly documents?: readonly string[];
  /** Variables that name the app, for this process and its children. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A folder with components and room for data, which the environment of this process names. */
export interface ComponentFolder {
  /** Its path; the resources are in its folder `components`. */
  readonly folder: string;
  /** What a child process needs to use the same components. */
  readonly environment: Readonly<Record<string, string>>;
  /** Takes the folder and the environment's entries away. */
  remove(): Promise<void>;
}

/** The YAML of a component, a field a line, so that a test may change one; its JSON text quotes whatever a value has in it. */
export function componentYaml(name: string, type: string, metadata: Readonly<Record<string, string>> = {}): string {
  const entries = Object.entries(metadata).map(
    ([key, value]) => `    - { name: ${key}, value: ${JSON.stringify(value)} }`,
  );
  return [
    "apiVersion: dapr.io/v1alpha1",
    "kind: Component",
    `metadata: { name: ${name} }`,
    "spec:",
    `  type: ${type}`,
    "  version: v1",
    ...(entries.length > 0 ? ["  metadata:", ...entries] : []),
    "",
  ].join("\n");
}

/** Writes components into a folder of their own and names it in `DAPR_RESOURCES_PATHS`, with a namespace of its own. */
export async function useComponents(
  components: readonly ComponentDefinition[],
  { documents = [], environment: names = {} }: ComponentFolderOptions = {},
): Promise<ComponentFolder> {
  const folder = await mkdtemp(join(tmpdir(), "mecha-components-"));
  const resources = join(folder, "components");
  await mkdir(resources);
  const texts = [...components.map((component) => definitionYaml(component, folder)), ...documents];
  for (const [index, text] of texts.entries()) await writeFile(join(resources, `${index}.yaml`), text);
  const environment = { ...names, DAPR_RESOURCES_PATHS: resources, MECHA_NAMESPACE: folder };
  Object.assign(process.env, environment);
  return {
    folder,
    environment,
    async remove() {
      for (const name of Object.keys(environment)) Reflect.deleteProperty(process.env, name);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function definitionYaml({ name, type, metadata = {} }: ComponentDefinition, folder: string): string {
  const entries = Object.entries(metadata).map(([key, value]) => [key, value.replace("{folder}", folder)]);
  return componentYaml(name, type, Object.fromEntries(entries) as Record<string, string>);
}

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder with component YAML and room for data and snapshots, which the environment of this process names. */
export interface ComponentFolder {
  readonly folder: string;
  /** Where clients under test keep their snapshots: never in the home of whoever runs the tests. */
  readonly cacheDir: string;
  /** Takes the folder and the environment's entries away. */
  remove(): Promise<void>;
}

/** A component or other resource, as its YAML says. */
export interface Resource {
  readonly name: string;
  readonly type: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Writes a folder and names it in `DAPR_RESOURCES_PATHS`; `documents` are added as they are. */
export async function useComponents(
  resources: readonly Resource[],
  documents: readonly string[] = [],
): Promise<ComponentFolder> {
  const folder = await mkdtemp(join(tmpdir(), "mecha-nacos-"));
  await mkdir(join(folder, "components"));
  const texts = [...resources.map(toYaml), ...documents];
  for (const [index, text] of texts.entries()) await writeFile(join(folder, "components", `${index}.yaml`), text);
  process.env["DAPR_RESOURCES_PATHS"] = join(folder, "components");
  return {
    folder,
    cacheDir: join(folder, "snapshots"),
    async remove() {
      delete process.env["DAPR_RESOURCES_PATHS"];
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function toYaml({ name, type, metadata }: Resource): string {
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
    "  metadata:",
    ...entries,
    "",
  ].join("\n");
}

/** Components on files: a configuration store and the binding that writes into its folder. */
export function fileComponents(folder: string): Resource[] {
  return [
    { name: "settings", type: "configuration.file", metadata: { path: folder } },
    { name: "settings-writer", type: "bindings.localstorage", metadata: { rootPath: folder } },
  ];
}

/** Components on a Nacos: a configuration store and the binding that writes to it. */
export function nacosComponents(serverAddr: string): Resource[] {
  return [
    { name: "settings", type: "configuration.nacos", metadata: { serverAddr } },
    { name: "settings-writer", type: "bindings.nacos", metadata: { serverAddr } },
  ];
}

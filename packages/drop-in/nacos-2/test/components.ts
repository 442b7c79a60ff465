import { join } from "node:path";
import {
  useComponents as useFolder,
  type ComponentDefinition,
  type ComponentFolder as Folder,
} from "@mecha/conformance";

/** A folder with components and room for data and snapshots, which the environment of this process names. */
export interface ComponentFolder extends Folder {
  /** Where clients under test keep their snapshots: never in the home of whoever runs the tests. */
  readonly cacheDir: string;
}

/** Writes a folder with components and names it in the environment; `documents` are added as they are. */
export async function useComponents(
  components: readonly ComponentDefinition[],
  documents: readonly string[] = [],
): Promise<ComponentFolder> {
  const folder = await useFolder(components, { documents });
  return { ...folder, cacheDir: join(folder.folder, "snapshots") };
}

/** Components on files: a configuration store and the binding that writes into its folder. */
export function fileComponents(folder: string): ComponentDefinition[] {
  return [
    { name: "settings", type: "configuration.file", metadata: { path: folder } },
    { name: "settings-writer", type: "bindings.localstorage", metadata: { rootPath: folder } },
  ];
}

/** Components on a Nacos: a configuration store and the binding that writes to it. */
export function nacosComponents(serverAddr: string): ComponentDefinition[] {
  return [
    { name: "settings", type: "configuration.nacos", metadata: { serverAddr } },
    { name: "settings-writer", type: "bindings.nacos", metadata: { serverAddr } },
  ];
}

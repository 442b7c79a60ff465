import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { store } from "./part.js";

/**
 * Writes a folder with one state store.
 *
 * @returns the folder
 */
export async function writeStore(
  folder: string,
  type: string,
  metadata: Readonly<Record<string, string>> = {},
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const entries = Object.entries(metadata).map(([name, value]) => ({ name, value }));
  const spec = { type, version: "v1", metadata: entries };
  const resource = { apiVersion: "dapr.io/v1alpha1", kind: "Component", metadata: { name: store }, spec };
  // JSON is YAML.
  await writeFile(join(folder, `${store}.yaml`), JSON.stringify(resource));
  return folder;
}

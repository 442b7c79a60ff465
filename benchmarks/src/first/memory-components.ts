import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const component = `apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: cache
spec:
  type: state.in-memory
  version: v1
  metadata: []
`;

/** Writes a component folder whose only state store is the process's own memory: the command engine and nothing behind it. */
export async function writeMemoryComponents(parent: string): Promise<string> {
  const folder = join(parent, "memory-components");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "cache.yaml"), component);
  return folder;
}

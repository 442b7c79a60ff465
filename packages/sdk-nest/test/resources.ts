import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder with components, gone after the test. */
export async function resourcesFolder(...resources: readonly object[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "mecha-nest-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [index, resource] of resources.entries()) {
    await writeFile(join(folder, `${index}.yaml`), JSON.stringify(resource));
  }
  return folder;
}

/** A component. */
export function component(name: string, type: string, metadata: Readonly<Record<string, string>> = {}): object {
  const entries = Object.entries(metadata).map(([key, value]) => ({ name: key, value }));
  return {
    apiVersion: "dapr.io/v1alpha1",
    kind: "Component",
    metadata: { name },
    spec: { type, version: "v1", metadata: entries },
  };
}

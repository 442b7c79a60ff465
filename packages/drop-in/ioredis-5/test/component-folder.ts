import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A component, as its YAML says. */
export interface Resource {
  readonly name: string;
  readonly type: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A folder with components, which `DAPR_RESOURCES_PATHS` names. */
export interface ComponentFolder {
  readonly path: string;
  /** Takes the folder and the environment's entry away. */
  remove(): Promise<void>;
}

/** Writes a folder and names it in the environment of this process. */
export async function useComponents(
  resources: readonly Resource[],
  documents: readonly string[] = [],
): Promise<ComponentFolder> {
  const path = await mkdtemp(join(tmpdir(), "mecha-ioredis-"));
  const texts = [...resources.map(toYaml), ...documents];
  for (const [index, text] of texts.entries()) await writeFile(join(path, `${String(index)}.yaml`), text);
  process.env["DAPR_RESOURCES_PATHS"] = path;
  return {
    path,
    async remove() {
      delete process.env["DAPR_RESOURCES_PATHS"];
      await rm(path, { recursive: true, force: true });
    },
  };
}

/** A store in memory. */
export const memory: Resource = { name: "cache", type: "state.in-memory" };

/** A store on a Redis. */
export function onRedis(address: string): Resource {
  return { name: "cache", type: "state.redis", metadata: { redisHost: address, redisMaxRetries: "0" } };
}

function toYaml({ name, type, metadata = {} }: Resource): string {
  const items = Object.entries(metadata).map(([key, value]) => ({ name: key, value }));
  return JSON.stringify({
    apiVersion: "dapr.io/v1alpha1",
    kind: "Component",
    metadata: { name },
    spec: { type, version: "v1", metadata: items },
  });
}

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder with component YAML and room for data, which the environment of this process names. */
export interface ComponentFolder {
  readonly folder: string;
  /** What a child process needs to use the same components. */
  readonly environment: Readonly<Record<string, string>>;
  /** Takes the folder and the environment's entries away. */
  remove(): Promise<void>;
}

/** A component, as its YAML says. */
export interface Component {
  readonly name: string;
  readonly type: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Writes a folder and names it in the environment; `documents` are added as they are. */
export async function useComponents(
  components: readonly Component[],
  documents: readonly string[] = [],
): Promise<ComponentFolder> {
  const folder = await mkdtemp(join(tmpdir(), "mecha-ali-ons-"));
  const resources = join(folder, "components");
  await mkdir(resources);
  const texts = [...components.map((component) => toYaml(component, folder)), ...documents];
  for (const [index, text] of texts.entries()) await writeFile(join(resources, `${index}.yaml`), text);
  const environment = { DAPR_RESOURCES_PATHS: resources, APP_ID: "ali-ons-test", MECHA_NAMESPACE: folder };
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

/** A durable broker in the folder; a message that failed comes again at once. */
export const sqlite: Component = {
  name: "events",
  type: "pubsub.sqlite",
  metadata: { connectionString: "{folder}/events.db", redeliverInterval: "10ms" },
};

/** A RocketMQ as the broker. */
export function rocketmq(nameServer: string): Component {
  return { name: "events", type: "pubsub.rocketmq", metadata: { nameServer } };
}

function toYaml({ name, type, metadata = {} }: Component, folder: string): string {
  const entries = Object.entries(metadata).map(
    ([key, value]) => `    - { name: ${key}, value: ${JSON.stringify(value.replace("{folder}", folder))} }`,
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

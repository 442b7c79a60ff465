import { useComponents as useFolder, type ComponentDefinition, type ComponentFolder } from "@mecha/conformance";

/** Writes a folder with components and names it, and an app, in the environment; `documents` are added as they are. */
export function useComponents(
  components: readonly ComponentDefinition[],
  documents: readonly string[] = [],
): Promise<ComponentFolder> {
  return useFolder(components, { documents, environment: { APP_ID: "ali-ons-test" } });
}

/** A durable broker in the folder; a message that failed comes again at once. */
export const sqlite: ComponentDefinition = {
  name: "events",
  type: "pubsub.sqlite",
  metadata: { connectionString: "{folder}/events.db", redeliverInterval: "10ms" },
};

/** A RocketMQ as the broker. */
export function rocketmq(nameServer: string): ComponentDefinition {
  return { name: "events", type: "pubsub.rocketmq", metadata: { nameServer } };
}

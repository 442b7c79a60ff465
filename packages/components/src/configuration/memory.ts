import { type ComponentDefinition, type ConfigurationItem, MechaError } from "@mecha/spec";
import { readMetadata } from "../metadata/metadata-reader.js";
import { createKeySubscription, type KeySubscription } from "./key-subscription.js";
import { memoryConfiguration } from "./memory-configuration.js";

/**
 * `configuration.in-memory`: values in this process, for tests. daprd has no component of that type.
 *
 * Metadata: `values`, a JSON object of keys and texts to begin with. What {@link memoryConfiguration} of the component's name writes
 * is seen at once.
 */
export const component: ComponentDefinition<"configuration"> = {
  type: "configuration.in-memory",
  volatile: true,
  async create(context) {
    const metadata = readMetadata(context);
    const values = memoryConfiguration(context.name);
    for (const [key, value] of entriesOf(metadata.text("values", "{}"))) {
      if (typeof value !== "string") throw metadata.invalid("values", "is no JSON object of texts");
      values.set(key, value);
    }
    const subscriptions = new Set<KeySubscription>();
    const stop = values.listen((key) => {
      for (const subscription of subscriptions) subscription.look(key);
    });
    let isClosed = false;

    async function read(keys: readonly string[]): Promise<ReadonlyMap<string, ConfigurationItem>> {
      if (isClosed) {
        throw new MechaError("UNAVAILABLE", `Configuration store "${context.name}" (${context.type}) is closed`, {
          component: context.name,
        });
      }
      const items = new Map<string, ConfigurationItem>();
      for (const key of keys.length > 0 ? keys : values.keys()) {
        const item = values.get(key);
        if (item !== undefined) items.set(key, { ...item, metadata: {} });
      }
      return items;
    }

    return {
      backend: "memory",
      get: (keys) => read(keys),
      async subscribe(keys, onChange) {
        const onProblem = (problem: string): void =>
          context.logger.warn(`Component "${context.name}" (${context.type}): ${problem}`);
        const subscription = createKeySubscription({ keys, read, onChange, onProblem });
        subscriptions.add(subscription);
        await subscription.start();
        return {
          async close() {
            subscriptions.delete(subscription);
            subscription.close();
          },
        };
      },
      async close() {
        isClosed = true;
        stop();
        for (const subscription of subscriptions) subscription.close();
      },
    };

    function entriesOf(text: string): readonly (readonly [string, unknown])[] {
      try {
        const parsed: unknown = JSON.parse(text);
        if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return Object.entries(parsed);
      } catch {
        // reported below, like JSON of another type
      }
      throw metadata.invalid("values", "is no JSON object of texts");
    }
  },
};

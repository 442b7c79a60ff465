import { MechaError } from "@mecha/sdk-core";

/** What is used of a store in memory. */
interface MemoryConfiguration {
  set(key: string, value: string): void;
  remove(key: string): void;
}

/** Where the component `configuration.in-memory` keeps the values of all stores of the process, by name. */
const storesKey = Symbol.for("mecha.configuration.in-memory/1");

/** Writes values of a component `configuration.in-memory`; `undefined` removes one. */
export function setConfiguration(store: string, values: Readonly<Record<string, string | undefined>>): void {
  const { [storesKey]: stores } = globalThis as { [storesKey]?: ReadonlyMap<string, MemoryConfiguration> };
  const configuration = stores?.get(store);
  if (configuration === undefined) {
    throw new MechaError(
      "NOT_FOUND",
      `The test has no configuration store "${store}" in memory; give MechaTesting.start() { components: { ${JSON.stringify(store)}: "configuration.in-memory" } }`,
      { operation: "nest.test", component: store },
    );
  }
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) configuration.remove(key);
    else configuration.set(key, value);
  }
}

import { type ComponentContext, MechaError, type StateStore } from "@mecha/spec";
import { groupBySlot } from "./cluster-slot.js";

/**
 * A state store whose calls each stay in one slot of a Redis Cluster. Bulk reads and writes are split; a transaction over several slots
 * is refused, as daprd's client refuses it. It has no native sessions: no one server has all keys.
 */
export function splitBySlot(store: StateStore, context: ComponentContext): StateStore {
  /** Runs a call for each slot and puts the results where they belong. */
  async function perSlot<T>(
    keys: readonly string[],
    call: (positions: readonly number[]) => Promise<readonly T[]>,
  ): Promise<T[]> {
    const results: T[] = [];
    await Promise.all(
      groupBySlot(keys).map(async (positions) => {
        const part = await call(positions);
        for (const [index, position] of positions.entries()) results[position] = part[index] as T;
      }),
    );
    return results;
  }

  // Positions come from the list that they are used on.
  const pick = <T>(items: readonly T[], positions: readonly number[]): T[] => positions.map((at) => items[at] as T);

  return {
    backend: store.backend,
    features: store.features,
    get: (keys, options) => perSlot(keys, (positions) => store.get(pick(keys, positions), options)),
    async write(operations, options) {
      const keys = operations.map(({ key }) => key);
      if (!options.atomic) {
        return perSlot(keys, (positions) => store.write(pick(operations, positions), options));
      }
      if (groupBySlot(keys).length > 1) throw crossSlot(context);
      return store.write(operations, options);
    },
    async ping(options) {
      await store.ping?.(options);
    },
    async close() {
      await store.close?.();
    },
  };
}

function crossSlot({ name }: ComponentContext): MechaError {
  return new MechaError(
    "INVALID_ARGUMENT",
    `A transaction in state store "${name}" has keys of several slots of the Redis Cluster (CROSSSLOT); give its keys the same text in braces, as in order-{42} and total-{42}`,
    { component: name, operation: "state.write" },
  );
}

import type { StateOperation, StateStore } from "@mecha/spec";

/** Writes operations one by one, and throws the first failure, as daprd does for what is no transaction. */
export async function writeEach(
  store: StateStore,
  operations: readonly StateOperation[],
  signal: AbortSignal,
): Promise<void> {
  if (operations.length === 0) return;
  const results = await store.write(operations, { atomic: false, signal });
  const failure = results.find((result) => result !== undefined);
  if (failure !== undefined) throw failure;
}

import type { CallContext } from "@mecha/sdk-core/protocol";
import type { StateOperation, StateStore } from "@mecha/spec";
import { cancellationOf } from "../doors/cancellation.js";

/** Writes operations one by one, and throws the first failure, as daprd does for what is no transaction. */
export async function writeEach(
  store: StateStore,
  operations: readonly StateOperation[],
  context: CallContext,
): Promise<void> {
  if (operations.length === 0) return;
  const results = await store.write(operations, { atomic: false, ...cancellationOf(context) });
  for (const failure of results) if (failure !== undefined) throw failure;
}

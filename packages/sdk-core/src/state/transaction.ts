import { MechaError } from "@mecha/spec";
import { encodeValue } from "../codec.js";
import { stateMethods } from "../generated/methods/state.js";
import type { TransactionalStateOperation } from "../generated/dapr/proto/runtime/v1/state.js";
import { callOf } from "../transport/call-options.js";
import type { Transport } from "../transport/transport.js";
import { writeFailure } from "./conflicts/write-failure.js";
import { subjectOf, type ValueReader } from "./state-entry.js";
import { isConditional, toRemoval, toStateItem } from "./state-item.js";
import { checkKey } from "./state-key.js";
import type { StateTransactionOperation, StateTransactionOptions } from "./state-options.js";
import { storeProfile, type StoreProfile } from "./store-profile.js";

/** Applies all operations, in order, or none. See `State.transaction`. */
export async function runTransaction<T>(
  transport: Transport,
  { storeName, codec }: ValueReader,
  {
    operations,
    options,
  }: { readonly operations: readonly StateTransactionOperation<T>[]; readonly options: StateTransactionOptions },
): Promise<void> {
  const writes = operations.map((operation) => {
    const key = "upsert" in operation ? operation.upsert : operation.delete;
    checkKey(storeName, key);
    if (!("upsert" in operation)) return { key, operation };
    return { key, operation, value: encodeValue(operation.value, codec, subjectOf(storeName, key)) };
  });
  if (writes.length === 0) return;
  const profile = operations.some(isConditional) ? await storeProfile(transport, storeName, options) : undefined;
  if (profile?.atomicTransactions === false && options.allowPartial !== true) throw partial(storeName, profile);

  const store = { name: storeName, profile };
  const request = {
    storeName,
    operations: writes.map(
      ({ key, operation, value }): TransactionalStateOperation =>
        value === undefined
          ? { operationType: "delete", request: toRemoval(key, operation, store) }
          : { operationType: "upsert", request: toStateItem({ key, value }, operation, store) },
    ),
    metadata: { ...options.metadata },
  };
  // It is never sent twice: daprd's outbox would publish twice.
  const subject = { operation: "state.transaction", component: storeName };
  try {
    await transport.unary(stateMethods.executeStateTransaction, request, callOf(subject, options));
  } catch (thrown) {
    const keys = [...new Set(writes.map(({ key }) => key))];
    throw await writeFailure(transport, thrown, { storeName, keys, end: options });
  }
}

function partial(component: string, { type }: StoreProfile): MechaError {
  return new MechaError(
    "FAILED_PRECONDITION",
    `State store "${component}" (${type}) cannot do a transaction with an ETag or first-write: when one condition does not hold, it applies the other operations all the same. Keep what belongs together under one key, use a store with real transactions (state.sqlite, state.postgresql), or pass { allowPartial: true }`,
    { component, operation: "state.transaction", metadata: { type } },
  );
}

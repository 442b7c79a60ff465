import { type ComponentContext, MechaError, type StateOperation } from "@mecha/spec";

/** The stored value is not the one that the operation's ETag names, or there is one although it must be new. */
export function etagMismatch(context: ComponentContext, operation: StateOperation): MechaError {
  const expectation = hasEtag(operation)
    ? `the stored value does not have the ETag "${operation.etag}"`
    : "there is a value already";
  return new MechaError(
    "ETAG_MISMATCH",
    `Cannot ${operation.type} key "${operation.key}" in state store "${context.name}": ${expectation}; read it again and retry`,
    { component: context.name, operation: "state.write", metadata: { key: operation.key } },
  );
}

/** The ETag is not one that the store could have given. */
export function etagInvalid(context: ComponentContext, operation: StateOperation): MechaError {
  return new MechaError(
    "ETAG_INVALID",
    `Cannot ${operation.type} key "${operation.key}" in state store "${context.name}": "${operation.etag ?? ""}" is no ETag of this store`,
    { component: context.name, operation: "state.write", metadata: { key: operation.key } },
  );
}

/** Says what in an operation no store of ours can take, before anything is written. */
export function checkOperations(context: ComponentContext, operations: readonly StateOperation[]): void {
  for (const operation of operations) {
    if (operation.key === "") throw refused(context, operation, "the key is empty");
    if (operation.type === "set" && operation.ttlSeconds !== undefined && !(operation.ttlSeconds > 0)) {
      throw refused(context, operation, `a TTL of ${String(operation.ttlSeconds)} seconds is not more than 0`);
    }
  }
}

/** An operation that the store cannot take as it is. */
export function refused(context: ComponentContext, operation: StateOperation, problem: string): MechaError {
  return new MechaError(
    "INVALID_ARGUMENT",
    `Cannot ${operation.type} key "${operation.key}" in state store "${context.name}": ${problem}`,
    { component: context.name, operation: "state.write", metadata: { key: operation.key } },
  );
}

/** Whether an operation names an ETag; an empty one is none, as in daprd. */
export function hasEtag<O extends StateOperation>(operation: O): operation is O & { readonly etag: string } {
  return operation.etag !== undefined && operation.etag !== "";
}

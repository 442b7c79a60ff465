import type { ComponentKind } from "@mecha/spec";

const kinds: readonly ComponentKind[] = [
  "state",
  "pubsub",
  "configuration",
  "bindings",
  "secretstores",
  "lock",
  "crypto",
  "conversation",
];

/** The building block that a component type belongs to (`state.redis` is of kind `state`); `undefined` for one that is not served here. */
export function kindOf(type: string): ComponentKind | undefined {
  const prefix = type.slice(0, type.indexOf("."));
  return kinds.find((kind) => kind === prefix);
}

import { createRuntime } from "@mecha/runtime";
import { common, daprMethods } from "@mecha/sdk-core/protocol";
import type { CallSideTarget, StateCalls } from "./call-sides.js";

/** Messages to the runtime of this process and back, as the raw stub sends them to a sidecar. */
export async function openInProcess({ resources, store }: CallSideTarget): Promise<StateCalls> {
  const { transport } = await createRuntime({ appId: "bench", resourcesPaths: [resources] });
  const consistency = common.StateOptions_StateConsistency.CONSISTENCY_UNSPECIFIED;
  return {
    get: (key) => transport.unary(daprMethods.getState, { storeName: store, key, consistency, metadata: {} }),
    save: (key, value) =>
      transport.unary(daprMethods.saveState, {
        storeName: store,
        states: [{ key, value, metadata: {} }],
      }),
  };
}

import { common, daprMethods } from "@mecha/sdk-core/protocol";
import { openRawStub } from "../raw-stub.js";
import type { CallSideTarget, StateCalls } from "./call-sides.js";

/** Messages to a sidecar and back by a stub that was generated for grpc-js; what is in them is left as it is. */
export function openRawCalls({ grpcPort, store }: Pick<CallSideTarget, "grpcPort" | "store">): StateCalls {
  const call = openRawStub(grpcPort);
  const consistency = common.StateOptions_StateConsistency.CONSISTENCY_UNSPECIFIED;
  return {
    get: (key) => call(daprMethods.getState, { storeName: store, key, consistency, metadata: {} }),
    save: (key, value) =>
      call(daprMethods.saveState, {
        storeName: store,
        states: [{ key, value, metadata: {} }],
      }),
  };
}

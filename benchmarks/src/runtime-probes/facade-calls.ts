import { connect } from "@mecha/sdk-core";
import type { CallSideTarget, StateCalls } from "./call-sides.js";

/** What an app writes. */
export async function openFacade({ resources, store }: CallSideTarget): Promise<StateCalls> {
  const mecha = await connect({ mode: "embedded", appId: "bench", resourcesPaths: [resources] });
  const state = mecha.state(store);
  return { get: (key) => state.get(key), save: (key, value) => state.save(key, value) };
}

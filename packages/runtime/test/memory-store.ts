import { catalogue } from "@mecha/components";
import type { StateStore } from "@mecha/spec";
import { createLogger } from "../src/logger.js";

/** A state store of `state.in-memory`, by itself. */
export async function memoryStore(): Promise<StateStore> {
  const load = catalogue["state.in-memory"];
  const { component } = (await load?.()) ?? {};
  const store = await component?.create({
    name: "store",
    type: "state.in-memory",
    metadata: {},
    appId: "shop",
    baseFolder: ".",
    logger: createLogger("store"),
  });
  // The type's prefix says which contract it keeps.
  return store as StateStore;
}

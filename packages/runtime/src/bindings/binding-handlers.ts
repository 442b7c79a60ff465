import type { DaprHandlers } from "@mecha/sdk-core/protocol";
import type { Registry } from "../registry.js";
import { invokeBinding } from "./invoke-binding.js";

/** The RPCs of the bindings building block. */
export function bindingHandlers(registry: Registry): DaprHandlers {
  return { invokeBinding: invokeBinding(registry) };
}

import type { DaprHandlers } from "@mecha/sdk-core/protocol";
import { createLazyHandlers } from "../doors/lazy-handlers.js";
import type { Registry } from "../registry.js";

/** The RPCs of the bindings building block, which is loaded at the first of them. */
export function bindingHandlers(registry: Registry): DaprHandlers {
  const { unary } = createLazyHandlers(async () => {
    const { invokeBinding } = await import("./invoke-binding.js");
    return invokeBinding(registry);
  });
  return { invokeBinding: unary((handle) => handle) };
}

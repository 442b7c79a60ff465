import type { DaprHandlers } from "@mecha/sdk-core/protocol";
import { createLazyHandlers } from "../doors/lazy-handlers.js";
import type { Registry } from "../registry.js";

/** The RPCs of the lock building block, which is loaded at the first of them. */
export function lockHandlers(registry: Registry, appId: string): DaprHandlers {
  const { unary } = createLazyHandlers(async () => {
    const { createLockBlock } = await import("./lock-block.js");
    return createLockBlock(registry, appId);
  });
  return {
    tryLockAlpha1: unary((block) => block.tryLockAlpha1),
    unlockAlpha1: unary((block) => block.unlockAlpha1),
  };
}

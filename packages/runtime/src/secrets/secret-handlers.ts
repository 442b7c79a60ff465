import type { DaprHandlers } from "@mecha/sdk-core/protocol";
import { createLazyHandlers } from "../doors/lazy-handlers.js";
import type { Registry } from "../registry.js";
import type { SecretAccess } from "./secret-access.js";

/** The RPCs of the secrets building block, which is loaded at the first of them. */
export function secretHandlers(registry: Registry, mayRead: SecretAccess): DaprHandlers {
  const { unary } = createLazyHandlers(async () => {
    const { createSecretBlock } = await import("./secret-block.js");
    return createSecretBlock(registry, mayRead);
  });
  return {
    getSecret: unary((block) => block.getSecret),
    getBulkSecret: unary((block) => block.getBulkSecret),
  };
}

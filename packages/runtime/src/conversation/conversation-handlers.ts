import type { DaprHandlers } from "@mecha/sdk-core/protocol";
import { createLazyHandlers } from "../doors/lazy-handlers.js";
import type { Registry } from "../registry.js";

/** The RPCs of the conversation building block, which is loaded at the first of them. */
export function conversationHandlers(registry: Registry): DaprHandlers {
  const { unary } = createLazyHandlers(async () => {
    const { createConversationBlock } = await import("./conversation-block.js");
    return createConversationBlock(registry);
  });
  return {
    converseAlpha1: unary((block) => block.converseAlpha1),
    converseAlpha2: unary((block) => block.converseAlpha2),
  };
}

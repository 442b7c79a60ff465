import type { DaprHandlers } from "@mecha/sdk-core/protocol";
import { createLazyHandlers } from "../doors/lazy-handlers.js";
import type { MetadataContext } from "./metadata-block.js";

/** The RPCs that are about the runtime itself: GetMetadata, SetMetadata, Shutdown. They are loaded at the first of them. */
export function metadataHandlers(context: MetadataContext): DaprHandlers {
  const { unary } = createLazyHandlers(async () => {
    const { createMetadataBlock } = await import("./metadata-block.js");
    return createMetadataBlock(context);
  });
  return {
    getMetadata: unary((block) => block.getMetadata),
    setMetadata: unary((block) => block.setMetadata),
    shutdown: unary((block) => block.shutdown),
  };
}

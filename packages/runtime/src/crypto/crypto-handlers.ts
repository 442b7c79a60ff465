import type { DaprHandlers } from "@mecha/sdk-core/protocol";
import type { ComponentLogger } from "@mecha/spec";
import { createLazyHandlers } from "../doors/lazy-handlers.js";
import type { Registry } from "../registry.js";

/** The RPCs of the crypto building block, which is loaded at the first of them. */
export function cryptoHandlers(registry: Registry, logger: ComponentLogger): DaprHandlers {
  const { unary, stream } = createLazyHandlers(async () => {
    const { createCryptoBlock } = await import("./crypto-block.js");
    return createCryptoBlock(registry, logger);
  });
  return {
    encryptAlpha1: stream((block) => block.encryptAlpha1),
    decryptAlpha1: stream((block) => block.decryptAlpha1),
    subtleGetKeyAlpha1: unary((block) => block.subtleGetKeyAlpha1),
    subtleEncryptAlpha1: unary((block) => block.subtleEncryptAlpha1),
    subtleDecryptAlpha1: unary((block) => block.subtleDecryptAlpha1),
    subtleWrapKeyAlpha1: unary((block) => block.subtleWrapKeyAlpha1),
    subtleUnwrapKeyAlpha1: unary((block) => block.subtleUnwrapKeyAlpha1),
    subtleSignAlpha1: unary((block) => block.subtleSignAlpha1),
    subtleVerifyAlpha1: unary((block) => block.subtleVerifyAlpha1),
  };
}

import type { crypto, UnaryHandler } from "@mecha/sdk-core/protocol";
import { cancellationOf } from "../doors/cancellation.js";
import { toBuffer } from "./bytes.js";
import type { CryptoContext } from "./crypto-providers.js";
import { operationFailure } from "./operation-failure.js";

/** Dapr's SubtleSignAlpha1: signs a digest. */
export function subtleSign(crypto: CryptoContext): UnaryHandler<crypto.SubtleSignRequest, crypto.SubtleSignResponse> {
  return async ({ componentName: component, digest, ...use }, context) => {
    const provider = crypto.providers(component);
    try {
      return { signature: toBuffer(await provider.sign(digest, use, cancellationOf(context))) };
    } catch (thrown) {
      throw operationFailure(crypto, "failed to sign", { thrown, component });
    }
  };
}

/** Dapr's SubtleVerifyAlpha1: whether a signature is that of a key for a digest. */
export function subtleVerify(
  crypto: CryptoContext,
): UnaryHandler<crypto.SubtleVerifyRequest, crypto.SubtleVerifyResponse> {
  return async ({ componentName: component, digest, ...use }, context) => {
    const provider = crypto.providers(component);
    try {
      return { valid: await provider.verify(digest, use, cancellationOf(context)) };
    } catch (thrown) {
      throw operationFailure(crypto, "failed to verify signature", { thrown, component });
    }
  };
}

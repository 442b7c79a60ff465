import type { crypto, UnaryHandler } from "@mecha/sdk-core/protocol";
import { cancellationOf } from "../doors/cancellation.js";
import { daprError, messageOf } from "../errors/dapr-error.js";
import { toBuffer } from "./bytes.js";
import type { CryptoContext } from "./crypto-providers.js";
import { operationFailure } from "./operation-failure.js";
import { plaintextKeyBytes } from "./plaintext-key.js";

/** Dapr's SubtleWrapKeyAlpha1: encrypts a key of the caller's. */
export function subtleWrapKey(
  crypto: CryptoContext,
): UnaryHandler<crypto.SubtleWrapKeyRequest, crypto.SubtleWrapKeyResponse> {
  return async ({ componentName: component, plaintextKey, ...use }, context) => {
    const provider = crypto.providers(component);
    const plaintext = parsed(plaintextKey, component);
    try {
      const { ciphertext, tag } = await provider.wrapKey(plaintext, use, cancellationOf(context));
      return { wrappedKey: toBuffer(ciphertext), tag: toBuffer(tag) };
    } catch (thrown) {
      throw operationFailure(crypto, "failed to wrap key", { thrown, component });
    }
  };
}

/** Dapr's SubtleUnwrapKeyAlpha1: decrypts a key of the caller's. */
export function subtleUnwrapKey(
  crypto: CryptoContext,
): UnaryHandler<crypto.SubtleUnwrapKeyRequest, crypto.SubtleUnwrapKeyResponse> {
  return async ({ componentName: component, wrappedKey, ...use }, context) => {
    const provider = crypto.providers(component);
    try {
      return { plaintextKey: toBuffer(await provider.unwrapKey(wrappedKey, use, cancellationOf(context))) };
    } catch (thrown) {
      throw operationFailure(crypto, "failed to unwrap key", { thrown, component });
    }
  };
}

function parsed(plaintextKey: Uint8Array, component: string): Buffer {
  try {
    return plaintextKeyBytes(plaintextKey);
  } catch (thrown) {
    throw daprError("cryptoOperation", `failed to perform operation: ${messageOf(thrown)}`, { component });
  }
}

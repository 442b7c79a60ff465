import type { crypto, UnaryHandler } from "@mecha/sdk-core/protocol";
import { cancellationOf } from "../doors/cancellation.js";
import { toBuffer } from "./bytes.js";
import type { CryptoContext } from "./crypto-providers.js";
import { operationFailure } from "./operation-failure.js";

/** Dapr's SubtleEncryptAlpha1: encrypts a short message. */
export function subtleEncrypt(
  crypto: CryptoContext,
): UnaryHandler<crypto.SubtleEncryptRequest, crypto.SubtleEncryptResponse> {
  return async ({ componentName: component, plaintext, ...use }, context) => {
    const provider = crypto.providers(component);
    try {
      const { ciphertext, tag } = await provider.encrypt(plaintext, use, cancellationOf(context));
      return { ciphertext: toBuffer(ciphertext), tag: toBuffer(tag) };
    } catch (thrown) {
      throw operationFailure(crypto, "failed to encrypt", { thrown, component });
    }
  };
}

/** Dapr's SubtleDecryptAlpha1: decrypts a short message. */
export function subtleDecrypt(
  crypto: CryptoContext,
): UnaryHandler<crypto.SubtleDecryptRequest, crypto.SubtleDecryptResponse> {
  return async ({ componentName: component, ciphertext, ...use }, context) => {
    const provider = crypto.providers(component);
    try {
      return { plaintext: toBuffer(await provider.decrypt(ciphertext, use, cancellationOf(context))) };
    } catch (thrown) {
      throw operationFailure(crypto, "failed to decrypt", { thrown, component });
    }
  };
}

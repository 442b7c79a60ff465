import { createPublicKey } from "node:crypto";
import { crypto, type UnaryHandler } from "@mecha/sdk-core/protocol";
import type { PublicKey } from "@mecha/spec";
import { cancellationOf } from "../doors/cancellation.js";
import { daprError, messageOf } from "../errors/dapr-error.js";
import type { CryptoContext } from "./crypto-providers.js";

const { SubtleGetKeyRequest_KeyFormat: Format } = crypto;

/** Dapr's SubtleGetKeyAlpha1: the public part of an asymmetric key, as PEM or as JSON Web Key. */
export function subtleGetKey({
  providers,
}: CryptoContext): UnaryHandler<crypto.SubtleGetKeyRequest, crypto.SubtleGetKeyResponse> {
  return async ({ componentName, name, format }, context) => {
    const provider = providers(componentName);
    if (format !== Format.PEM && format !== Format.JSON) {
      throw daprError("cryptoBadRequest", "invalid request: invalid key format", { component: componentName });
    }
    try {
      const key = await provider.getKey(name, cancellationOf(context));
      return { name: key.name, publicKey: format === Format.JSON ? JSON.stringify(key.jwk) : pemOf(key) };
    } catch (thrown) {
      const message = `failed to retrieve key ${name}: ${messageOf(thrown)}`;
      throw daprError("cryptoGetKey", message, { component: componentName, cause: thrown });
    }
  };
}

function pemOf({ jwk }: PublicKey): string {
  const key = createPublicKey({ key: jwk, format: "jwk" });
  return key.export({ type: "spki", format: "pem" }).toString();
}

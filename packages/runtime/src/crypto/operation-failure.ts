import type { MechaError } from "@mecha/spec";
import { daprError, messageOf } from "../errors/dapr-error.js";
import type { CryptoContext } from "./crypto-providers.js";

/**
 * The error for an operation that failed: what was attempted and no more, as in daprd, because whoever learns why a decryption failed
 * can decrypt step by step. The reason is logged for whoever looks for a mistake.
 */
export function operationFailure(
  { logger }: CryptoContext,
  attempted: string,
  { thrown, component }: { readonly thrown: unknown; readonly component: string },
): MechaError {
  logger.debug(`crypto component ${component} ${attempted}: ${messageOf(thrown)}`);
  return daprError("cryptoOperation", `failed to perform operation: ${attempted}`, { component });
}

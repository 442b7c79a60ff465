import { cryptoFailure } from "./crypto-failure.js";
import type { KeyLimits } from "./vault-key.js";

/** What can be done with a key, in the words of RFC 7517. */
export type KeyOperation = "encrypt" | "decrypt" | "wrapKey" | "unwrapKey" | "sign" | "verify";

/** Throws if a key says of itself that it is not for this operation or algorithm. */
export function checkLimits(limits: KeyLimits, operation: KeyOperation, algorithm: string): void {
  const { use, key_ops: operations = [], alg = "" } = limits;
  const wantedUse = operation === "sign" || operation === "verify" ? "sig" : "enc";
  const isAllowed =
    (operations.length === 0 || operations.includes(operation)) &&
    (use === undefined || use === "" || use === wantedUse);
  if (!isAllowed) throw cryptoFailure(`key cannot perform the '${operation}' operation`);
  if (alg !== "" && alg !== algorithm) throw cryptoFailure(`key cannot be used with algorithm '${algorithm}'`);
}

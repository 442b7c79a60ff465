import type { ComponentLogger, CryptoProvider } from "@mecha/spec";
import { daprError } from "../errors/dapr-error.js";
import type { Registry } from "../registry.js";

/** Finds the crypto component that a request names. */
export type CryptoProviders = (componentName: string) => CryptoProvider;

/** What the crypto handlers are made with. */
export interface CryptoContext {
  readonly providers: CryptoProviders;
  /** Told why an operation failed: callers are not. */
  readonly logger: ComponentLogger;
}

/** Makes the lookup of crypto components. */
export function createCryptoProviders(registry: Registry): CryptoProviders {
  return (componentName) => {
    registry.requireKind("crypto", componentName);
    if (componentName === "") throw daprError("cryptoBadRequest", "invalid request: missing component name");
    return registry.get("crypto", componentName).component;
  };
}

import { keyPrefix, keyPrefixStrategy, separator } from "../components/key-prefix.js";
import { daprError } from "../errors/dapr-error.js";
import type { RunningComponent } from "../registry.js";

/** How the keys of one store are written on its backend. */
export interface StateKeys {
  /** What stands before each key, separator included; empty for none. */
  readonly prefix: string;
  /**
   * The key on the backend.
   *
   * @throws MechaError `INVALID_ARGUMENT` (`DAPR_STATE_ILLEGAL_KEY`) for an empty key and one with `||` in it.
   */
  stored(key: string): string;
}

/**
 * Reads a store's `keyPrefix` as daprd does: `appid` (default), `name`, `namespace`, `none`, or a prefix of its own, which
 * daprd writes in lower case.
 */
export function stateKeys({ name, metadata }: RunningComponent<"state">, appId: string): StateKeys {
  const prefix = prefixOf(name, keyPrefixStrategy(metadata), appId);
  return {
    prefix,
    stored(key) {
      if (key === "") throw daprError("stateIllegalKey", "state key cannot be empty", { component: name });
      if (key.includes(separator))
        throw daprError("stateIllegalKey", `input key/keyPrefix '${key}' can't contain '${separator}'`, {
          component: name,
        });
      return prefix + key;
    },
  };
}

function prefixOf(storeName: string, strategy: string, appId: string): string {
  if (strategy.includes(separator)) {
    throw daprError("stateIllegalKey", `input key/keyPrefix '${strategy}' can't contain '${separator}'`, {
      component: storeName,
    });
  }
  const namespace = process.env["NAMESPACE"] ?? "";
  const isQualified = strategy === "namespace" && appId !== "" && namespace !== "";
  if (isQualified) return `${namespace}.${appId}${separator}`;
  return keyPrefix(strategy === "namespace" ? "appid" : strategy, storeName, appId);
}

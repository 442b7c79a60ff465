import { daprError } from "../errors/dapr-error.js";
import type { RunningComponent } from "../registry.js";

/** What daprd puts between prefix and key. */
export const separator = "||";

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
  const prefix = prefixOf(name, strategyOf(metadata), appId);
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

function strategyOf(metadata: Readonly<Record<string, string>>): string {
  const found = Object.entries(metadata).find(([key]) => key.toLowerCase() === "keyprefix");
  return found === undefined ? "appid" : found[1].toLowerCase();
}

function prefixOf(storeName: string, strategy: string, appId: string): string {
  if (strategy.includes(separator)) {
    throw daprError("stateIllegalKey", `input key/keyPrefix '${strategy}' can't contain '${separator}'`, {
      component: storeName,
    });
  }
  const namespace = process.env["NAMESPACE"] ?? "";
  switch (strategy) {
    case "none":
      return "";
    case "name":
      return storeName + separator;
    case "appid":
      return appId === "" ? "" : appId + separator;
    case "namespace":
      if (appId === "") return "";
      return (namespace === "" ? appId : `${namespace}.${appId}`) + separator;
    default:
      return strategy + separator;
  }
}

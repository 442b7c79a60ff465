import type { RunningComponent } from "../registry.js";

/** What daprd puts between the parts of a lock's name. */
const separator = "||";

/** Names a lock on the backend; throws for a name with `||` in it. */
export type LockKeys = (resource: string) => string;

/**
 * Reads a lock store's `keyPrefix` as daprd does: `appid` (default), `name`, `none`, or a prefix of its own, in lower case. All
 * names begin with `lock||`.
 */
export function lockKeys({ name, metadata }: RunningComponent<"lock">, appId: string): LockKeys {
  const strategy = Object.entries(metadata)
    .find(([key]) => key.toLowerCase() === "keyprefix")?.[1]
    .toLowerCase();
  const prefix = `lock${separator}${prefixOf(strategy ?? "appid", name, appId)}`;
  return (resource) => {
    for (const part of [strategy ?? "", resource]) {
      if (part.includes(separator)) throw new Error(`input key/keyPrefix '${part}' can't contain '${separator}'`);
    }
    return prefix + resource;
  };
}

function prefixOf(strategy: string, storeName: string, appId: string): string {
  switch (strategy) {
    case "none":
      return "";
    case "name":
      return storeName + separator;
    case "appid":
      return appId === "" ? "" : appId + separator;
    default:
      return strategy + separator;
  }
}

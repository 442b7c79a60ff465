/** What daprd puts between the parts of a key. */
export const separator = "||";

/** What a store's `keyPrefix` says, in lower case as daprd reads it. @defaultValue "appid" */
export function keyPrefixStrategy(metadata: Readonly<Record<string, string>>): string {
  const found = Object.entries(metadata).find(([key]) => key.toLowerCase() === "keyprefix");
  return found?.[1].toLowerCase() ?? "appid";
}

/** What stands before each key of a store, separator included: by `appid`, `name` or `none`, else the strategy itself. */
export function keyPrefix(strategy: string, storeName: string, appId: string): string {
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

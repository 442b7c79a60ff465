/** Says whether the app may read a secret of a store. */
export type SecretAccess = (storeName: string, secret: string) => boolean;

/** What a Configuration says of the secrets of one store (`spec.secrets.scopes`). */
export interface SecretScope {
  readonly storeName: string;
  /** What holds for secrets that are not named: `deny`, or anything else for `allow`. */
  readonly defaultAccess: string;
  /** If there are any, these and no others may be read. */
  readonly allowedSecrets: readonly string[];
  readonly deniedSecrets: readonly string[];
}

/** Reads scopes as daprd does: a list of allowed secrets decides alone; else a denied one is denied; else the default holds. */
export function secretAccess(scopes: readonly SecretScope[]): SecretAccess {
  // Where a store is named twice, the last one holds, as in daprd.
  const byStore = new Map(scopes.map((scope) => [scope.storeName, scope]));
  return (storeName, secret) => {
    const scope = byStore.get(storeName);
    if (scope === undefined) return true;
    const { defaultAccess, allowedSecrets, deniedSecrets } = scope;
    if (allowedSecrets.length > 0) return allowedSecrets.includes(secret);
    return !deniedSecrets.includes(secret) && defaultAccess.toLowerCase() !== "deny";
  };
}

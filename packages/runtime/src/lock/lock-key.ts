import { keyPrefix, keyPrefixStrategy, separator } from "../components/key-prefix.js";
import type { RunningComponent } from "../registry.js";

/** Names a lock on the backend; throws for a name with `||` in it. */
export type LockKeys = (resource: string) => string;

/**
 * Reads a lock store's `keyPrefix` as daprd does: `appid` (default), `name`, `none`, or a prefix of its own, in lower case. All
 * names begin with `lock||`.
 */
export function lockKeys({ name, metadata }: RunningComponent<"lock">, appId: string): LockKeys {
  const strategy = keyPrefixStrategy(metadata);
  const prefix = `lock${separator}${keyPrefix(strategy, name, appId)}`;
  return (resource) => {
    for (const part of [strategy, resource]) {
      if (part.includes(separator)) throw new Error(`input key/keyPrefix '${part}' can't contain '${separator}'`);
    }
    return prefix + resource;
  };
}

import type { FacadeContext } from "../facade-context.js";
import { secretsMethods } from "../generated/methods/secrets.js";
import { callOf, type CallEnd } from "../transport/call-options.js";
import type { Metadata } from "../transport/transport.js";

/** A secret: one or more named values. A store whose secrets have one value names it as the secret. */
export type Secret = Readonly<Record<string, string>>;

/** How to read secrets. */
export interface SecretOptions extends CallEnd {
  /** What the component wants to know besides the key, for example `version_id`; its own page lists the names. */
  readonly metadata?: Metadata;
}

/** A secret store (Dapr's secrets building block). */
export interface Secrets {
  /**
   * Reads a secret (GetSecret).
   *
   * @throws MechaError if there is none: `INTERNAL` on most stores, as Dapr has no code for it; `PERMISSION_DENIED` if the
   * app may not read it.
   */
  get(key: string, options?: SecretOptions): Promise<Secret>;
  /**
   * Reads all secrets that the app may read (GetBulkSecret), by their keys.
   *
   * @throws MechaError `UNIMPLEMENTED` or `INTERNAL` for a store that cannot list its secrets.
   */
  getAll(options?: SecretOptions): Promise<ReadonlyMap<string, Secret>>;
}

/** Makes the facade of one secret store. */
export function createSecrets({ transport }: FacadeContext, storeName: string): Secrets {
  const one = { operation: "secrets.get", component: storeName, idempotent: true };
  const all = { operation: "secrets.getAll", component: storeName, idempotent: true };
  return {
    async get(key, options = {}) {
      const request = { storeName, key, metadata: { ...options.metadata } };
      return (await transport.unary(secretsMethods.getSecret, request, callOf(one, options))).data;
    },
    async getAll(options = {}) {
      const request = { storeName, metadata: { ...options.metadata } };
      const { data } = await transport.unary(secretsMethods.getBulkSecret, request, callOf(all, options));
      return new Map(Object.entries(data).map(([key, { secrets }]) => [key, secrets]));
    },
  };
}

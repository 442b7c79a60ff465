import { secretsMethods } from "../generated/methods/secrets.js";
import type { FacadeContext } from "../facade-context.js";
import { callOf, type CallEnd } from "../transport/call-options.js";
import type { Metadata } from "../transport/transport.js";

/** A secret store (Dapr's secrets building block). */
export interface Secrets {
  /** Reads a secret: one or more named values. */
  get(key: string, options?: CallEnd & { readonly metadata?: Metadata }): Promise<Readonly<Record<string, string>>>;
}

/** Makes the facade of one secret store. */
export function createSecrets({ transport }: FacadeContext, storeName: string): Secrets {
  const subject = { operation: "secrets.get", component: storeName, idempotent: true };
  return {
    async get(key, { metadata = {}, ...call } = {}) {
      return (await transport.unary(secretsMethods.getSecret, { storeName, key, metadata }, callOf(subject, call)))
        .data;
    },
  };
}

import { daprMethods } from "../dapr-methods.js";
import { callEndOf, type CallEnd } from "../transport/call-options.js";
import type { Metadata, Transport } from "../transport/transport.js";

/** A secret store (Dapr's secrets building block). */
export interface Secrets {
  /** Reads a secret: one or more named values. */
  get(key: string, options?: CallEnd & { readonly metadata?: Metadata }): Promise<Readonly<Record<string, string>>>;
}

/** Makes the facade of one secret store. */
export function createSecrets(transport: Transport, storeName: string): Secrets {
  return {
    async get(key, { metadata = {}, ...call } = {}) {
      return (await transport.unary(daprMethods.getSecret, { storeName, key, metadata }, callEndOf(call))).data;
    },
  };
}

import { type ComponentContext, type CryptoProvider, MechaError } from "@mecha/spec";
import { loadClient } from "../clients/load-client.js";
import { decryptWith, encryptWith } from "./encrypt.js";
import { checkLimits, type KeyOperation } from "./key-limits.js";
import { createSignatures } from "./signatures.js";
import type { VaultKey } from "./vault-key.js";

/** Where the keys of a component come from. */
export interface KeyVault {
  /** What {@link CryptoProvider.backend} says. */
  readonly backend: string;
  /** Finds a key; rejects if there is none of that name, or it cannot be read. */
  find(keyName: string, signal: AbortSignal | undefined): Promise<VaultKey>;
  close?(): Promise<void>;
}

/** A key that is not in the vault, or that is not given away. */
export function keyNotFound(): MechaError {
  return new MechaError("NOT_FOUND", "key not found");
}

/** Does cryptography in this process with the keys of a vault, as daprd's local components do: the same algorithms, names and bytes. */
export function createLocalCrypto(context: ComponentContext, vault: KeyVault): CryptoProvider {
  const signatures = createSignatures(() =>
    loadClient(context, "@noble/curves", () => import("@noble/curves/nist.js")),
  );
  let isClosed = false;

  function refuseClosed(): void {
    if (!isClosed) return;
    throw new MechaError("UNAVAILABLE", `Crypto component "${context.name}" (${context.type}) is closed`, {
      component: context.name,
    });
  }

  async function find(
    operation: KeyOperation,
    { keyName, algorithm }: { readonly keyName: string; readonly algorithm: string },
    signal: AbortSignal | undefined,
  ): Promise<VaultKey> {
    refuseClosed();
    const noun = operation === "wrapKey" || operation === "unwrapKey" ? "key encryption key" : "key";
    const key = await attempt(`retrieve the ${noun}`, () => vault.find(keyName, signal));
    checkLimits(key.limits, operation, algorithm);
    return key;
  }

  return {
    backend: vault.backend,
    async getKey(keyName, options) {
      refuseClosed();
      const key = await vault.find(keyName, options?.signal);
      if (key.kind === "symmetric") throw keyNotFound();
      return { name: keyName, jwk: { ...key.limits, ...key.publicKey.export({ format: "jwk" }) } };
    },
    async encrypt(plaintext, use, options) {
      const key = await find("encrypt", use, options?.signal);
      return attempt("encrypt data", () => encryptWith(key, plaintext, use));
    },
    async decrypt(ciphertext, use, options) {
      const key = await find("decrypt", use, options?.signal);
      return attempt("decrypt data", () => decryptWith(key, ciphertext, use));
    },
    async wrapKey(plaintextKey, use, options) {
      const key = await find("wrapKey", use, options?.signal);
      return attempt("encrypt data", () => encryptWith(key, plaintextKey, use));
    },
    async unwrapKey(wrappedKey, use, options) {
      const key = await find("unwrapKey", use, options?.signal);
      return attempt("decrypt data", () => decryptWith(key, wrappedKey, use));
    },
    async sign(digest, use, options) {
      const key = await find("sign", use, options?.signal);
      return attempt("sign message", () => signatures.sign(key, digest, use.algorithm));
    },
    async verify(digest, use, options) {
      const key = await find("verify", use, options?.signal);
      return attempt("validate the signature", () => signatures.verify(key, digest, use));
    },
    async close() {
      isClosed = true;
      await vault.close?.();
    },
  };
}

/** Puts daprd's words for what was attempted before the reason why it failed. */
async function attempt<T>(what: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    const code = MechaError.is(thrown) ? thrown.code : "INVALID_ARGUMENT";
    throw new MechaError(code, `failed to ${what}: ${reason}`, { cause: thrown });
  }
}

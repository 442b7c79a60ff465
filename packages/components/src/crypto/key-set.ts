import type { JsonWebKey } from "@mecha/spec";
import { keyOfJwk, type VaultKey } from "./vault-key.js";

/** The keys of a set by their ids. */
export type KeySet = ReadonlyMap<string, VaultKey>;

/**
 * Reads a JSON Web Key Set (RFC 7517), or a single JSON Web Key. Keys without an id cannot be asked for and are left out, like those
 * of types that are not known.
 *
 * @returns `undefined` for what is neither; the text is never quoted
 */
export function parseKeySet(text: string): KeySet | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null) return undefined;
  const keys: unknown = "keys" in parsed ? parsed.keys : "kty" in parsed ? [parsed] : undefined;
  if (!Array.isArray(keys)) return undefined;
  const found = new Map<string, VaultKey>();
  for (const jwk of keys.filter(isNamedKey)) {
    const key = readable(jwk);
    if (key !== undefined && !found.has(jwk.kid)) found.set(jwk.kid, key);
  }
  return found;
}

function isNamedKey(jwk: unknown): jwk is JsonWebKey & { readonly kid: string } {
  return typeof jwk === "object" && jwk !== null && "kid" in jwk && typeof jwk.kid === "string";
}

function readable(jwk: JsonWebKey): VaultKey | undefined {
  try {
    return keyOfJwk(jwk);
  } catch {
    return undefined;
  }
}

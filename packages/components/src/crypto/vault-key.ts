import { createPrivateKey, createPublicKey, type JsonWebKeyInput, type KeyObject } from "node:crypto";
import { type JsonWebKey, MechaError } from "@mecha/spec";

/** What a key may be used for, where it says so itself (RFC 7517). */
export interface KeyLimits {
  readonly kid?: string;
  /** The one algorithm. */
  readonly alg?: string;
  /** `enc` or `sig`. */
  readonly use?: string;
  /** The operations, for example `encrypt`, `unwrapKey`. */
  readonly key_ops?: readonly string[];
}

/** A key as a vault holds it. */
export type VaultKey =
  | { readonly kind: "symmetric"; readonly bytes: Buffer; readonly limits: KeyLimits }
  | {
      readonly kind: "asymmetric";
      readonly publicKey: KeyObject;
      /** Absent where the vault has the public part only. */
      readonly privateKey: KeyObject | undefined;
      readonly limits: KeyLimits;
    };

/** How a key is written: a JSON Web Key, PEM, or whatever it looks like. */
export type KeyFormat = "jwk" | "pem" | "any";

/**
 * Reads a key as daprd does: a JSON Web Key, PEM (PKCS #8, PKCS #1, SEC 1, SPKI, or a certificate), or a symmetric key as Base64 or as
 * its bare bytes.
 *
 * @throws MechaError `INVALID_ARGUMENT` that does not quote the key
 */
export function parseKey(content: Buffer, format: KeyFormat): VaultKey {
  if (content.length === 0) throw unreadable("it is empty");
  const isPem = content.subarray(0, 5).toString("latin1") === "-----";
  // A symmetric key may begin with any byte, so what has its length is one.
  const isJson = content[0] === 0x7b && ![16, 24, 32].includes(content.length);
  if (format === "jwk") return parseJsonKey(content);
  if (format === "pem" || isPem) return parsePemKey(content);
  if (isJson) return parseJsonKey(content);
  return { kind: "symmetric", bytes: symmetricBytes(content), limits: {} };
}

/**
 * Makes a key of a parsed JSON Web Key.
 *
 * @throws MechaError `INVALID_ARGUMENT` that does not quote the key
 */
export function keyOfJwk(jwk: JsonWebKey): VaultKey {
  const limits = limitsOf(jwk);
  if (jwk["kty"] === "oct") {
    if (typeof jwk["k"] !== "string" || jwk["k"] === "") throw unreadable('it has no member "k"');
    return { kind: "symmetric", bytes: Buffer.from(jwk["k"], "base64url"), limits };
  }
  try {
    // Node says itself what is wrong with members of other types.
    const input = { key: jwk, format: "jwk" } as JsonWebKeyInput;
    const privateKey = typeof jwk["d"] === "string" ? createPrivateKey(input) : undefined;
    return { kind: "asymmetric", publicKey: createPublicKey(privateKey ?? input), privateKey, limits };
  } catch {
    throw unreadable("it is no JSON Web Key of type RSA, EC, OKP or oct");
  }
}

function parseJsonKey(content: Buffer): VaultKey {
  let parsed: unknown;
  try {
    parsed = JSON.parse(content.toString("utf8"));
  } catch {
    throw unreadable("it is no JSON");
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw unreadable("it is no JSON object");
  return keyOfJwk(parsed as JsonWebKey);
}

function parsePemKey(content: Buffer): VaultKey {
  const limits = {};
  try {
    if (!content.includes("PRIVATE KEY-----")) {
      return { kind: "asymmetric", publicKey: createPublicKey(content), privateKey: undefined, limits };
    }
    const privateKey = createPrivateKey(content);
    return { kind: "asymmetric", publicKey: createPublicKey(privateKey), privateKey, limits };
  } catch {
    throw unreadable("it is no PEM of a key without a password");
  }
}

/** Base64 of either alphabet, with or without padding, as Go reads it; else the bytes as they are. */
function symmetricBytes(content: Buffer): Buffer {
  const text = content
    .toString("latin1")
    .replace(/[\n=]+$/, "")
    .replace(/[\r\n]/g, "");
  const isBase64 = /^(?:[A-Za-z0-9+/]+|[A-Za-z0-9_-]+)$/.test(text) && text.length % 4 !== 1;
  return isBase64 ? Buffer.from(text, "base64") : content;
}

function limitsOf(jwk: JsonWebKey): KeyLimits {
  const { kid, alg, use, key_ops: operations } = jwk;
  return {
    ...(typeof kid === "string" && { kid }),
    ...(typeof alg === "string" && { alg }),
    ...(typeof use === "string" && { use }),
    ...(Array.isArray(operations) && { key_ops: operations.filter((operation) => typeof operation === "string") }),
  };
}

function unreadable(problem: string): MechaError {
  return new MechaError("INVALID_ARGUMENT", `failed to parse key: ${problem}`);
}

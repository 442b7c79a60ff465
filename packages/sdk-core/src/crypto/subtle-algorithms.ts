/**
 * Algorithms of the subtle API that encrypt and wrap keys; names as in JSON Web Algorithms (RFC 7518) and Dapr's own. Those
 * without padding (`…-NOPAD`) are for vaults that have them: daprd refuses them for keys that it keeps itself.
 */
export type EncryptionAlgorithm =
  | "A128CBC"
  | "A192CBC"
  | "A256CBC"
  | "A128CBC-NOPAD"
  | "A192CBC-NOPAD"
  | "A256CBC-NOPAD"
  | "A128GCM"
  | "A192GCM"
  | "A256GCM"
  | "A128CBC-HS256"
  | "A192CBC-HS384"
  | "A256CBC-HS512"
  | "A128KW"
  | "A192KW"
  | "A256KW"
  | "C20P"
  | "C20PKW"
  | "XC20P"
  | "XC20PKW"
  | "RSA1_5"
  | "RSA-OAEP"
  | "RSA-OAEP-256"
  | "RSA-OAEP-384"
  | "RSA-OAEP-512";

/** Algorithms of the subtle API that sign. */
export type SignatureAlgorithm =
  | "ES256"
  | "ES384"
  | "ES512"
  | "EdDSA"
  | "PS256"
  | "PS384"
  | "PS512"
  | "RS256"
  | "RS384"
  | "RS512";

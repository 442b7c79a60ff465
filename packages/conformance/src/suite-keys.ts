import { generateKeyPairSync, randomBytes } from "node:crypto";

/** A key as a JSON Web Key, with its name as `kid`. */
export type SuiteKey = Readonly<Record<string, unknown>> & { readonly kid: string };

/**
 * Makes new keys of every kind that the suites of crypto need: `suite-aes` (256 bits), `suite-aes-128`, `-192`, `-384`, `-512`,
 * `suite-rsa`, `suite-p256`, `suite-p384`, `suite-p521` and `suite-ed25519`. `{ keys }` of them as JSON is a JSON Web Key Set.
 */
export function createSuiteKeys(): readonly SuiteKey[] {
  const symmetric = [128, 192, 256, 384, 512].map((bits) => ({
    kid: bits === 256 ? "suite-aes" : `suite-aes-${String(bits)}`,
    kty: "oct",
    k: randomBytes(bits / 8).toString("base64url"),
  }));
  const pairs = {
    "suite-rsa": generateKeyPairSync("rsa", { modulusLength: 2048 }),
    "suite-p256": generateKeyPairSync("ec", { namedCurve: "P-256" }),
    "suite-p384": generateKeyPairSync("ec", { namedCurve: "P-384" }),
    "suite-p521": generateKeyPairSync("ec", { namedCurve: "P-521" }),
    "suite-ed25519": generateKeyPairSync("ed25519"),
  };
  const asymmetric = Object.entries(pairs).map(([kid, { privateKey }]) => ({
    kid,
    ...privateKey.export({ format: "jwk" }),
  }));
  return [...symmetric, ...asymmetric];
}

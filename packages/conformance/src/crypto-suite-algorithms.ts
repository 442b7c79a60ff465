/** A cipher that the suites of crypto try. */
interface SuiteCipher {
  readonly algorithm: string;
  /** Name of the key, as `createSuiteKeys` makes it. */
  readonly keyName: string;
  readonly nonceBytes: number;
  /** 0 for a cipher without a tag. */
  readonly tagBytes: number;
}

function cipher(algorithm: string, keyName: string, nonceBytes = 0, tagBytes = 0): SuiteCipher {
  return { algorithm, keyName, nonceBytes, tagBytes };
}

/** Every algorithm that encrypts. */
export const ciphersOfSuite: readonly SuiteCipher[] = [
  cipher("A128CBC", "suite-aes-128", 16),
  cipher("A192CBC", "suite-aes-192", 16),
  cipher("A256CBC", "suite-aes", 16),
  cipher("A128GCM", "suite-aes-128", 12, 16),
  cipher("A192GCM", "suite-aes-192", 12, 16),
  cipher("A256GCM", "suite-aes", 12, 16),
  cipher("A128CBC-HS256", "suite-aes", 16, 16),
  cipher("A192CBC-HS384", "suite-aes-384", 16, 24),
  cipher("A256CBC-HS512", "suite-aes-512", 16, 32),
  cipher("A128KW", "suite-aes-128"),
  cipher("A192KW", "suite-aes-192"),
  cipher("A256KW", "suite-aes"),
  cipher("C20P", "suite-aes", 12, 16),
  cipher("C20PKW", "suite-aes", 12, 16),
  cipher("XC20P", "suite-aes", 24, 16),
  cipher("XC20PKW", "suite-aes", 24, 16),
  ...["RSA1_5", "RSA-OAEP", "RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"].map((name) => cipher(name, "suite-rsa")),
];

/** Every algorithm that signs; without a hash, it signs the message itself. */
export const signaturesOfSuite: readonly {
  readonly algorithm: string;
  readonly keyName: string;
  readonly hash?: string;
}[] = [
  { algorithm: "ES256", keyName: "suite-p256", hash: "sha256" },
  { algorithm: "ES384", keyName: "suite-p384", hash: "sha384" },
  { algorithm: "ES512", keyName: "suite-p521", hash: "sha512" },
  { algorithm: "EdDSA", keyName: "suite-ed25519" },
  ...[256, 384, 512].flatMap((bits) =>
    ["PS", "RS"].map((kind) => ({ algorithm: `${kind}${bits}`, keyName: "suite-rsa", hash: `sha${bits}` })),
  ),
];

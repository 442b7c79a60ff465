import { collectSuite, cryptoProviderSuite } from "@mecha/conformance";
import type { CryptoProvider } from "@mecha/spec";
import { expect, it } from "vitest";
import { testContext } from "../../test/test-context.js";
import { component } from "./jwks.js";

/** Runs the suite on a component in which some methods are replaced; the titles of the tests that failed. */
async function failuresWith(replaced: (good: CryptoProvider) => Partial<CryptoProvider>): Promise<readonly string[]> {
  const suite = collectSuite(expect, (test) =>
    cryptoProviderSuite(test, async (keys) => {
      const good = await component.create(testContext("crypto.dapr.jwks", { jwks: JSON.stringify({ keys }) }));
      return { ...good, ...replaced(good) };
    }),
  );
  await suite.open();
  const failures: string[] = [];
  for (const { title, run } of suite.tests) if ((await run(5_000)) !== undefined) failures.push(title);
  await suite.close();
  return failures;
}

const flipped = (bytes: Uint8Array): Buffer => {
  const copy = Buffer.from(bytes);
  copy[0] = (copy[0] ?? 0) ^ 1;
  return copy;
};

it("passes a component without a defect", async () => {
  expect(await failuresWith(() => ({}))).toEqual([]);
});

it.each<readonly [defect: string, title: string, (good: CryptoProvider) => Partial<CryptoProvider>]>([
  ["verifies everything", "signs with ES256", () => ({ verify: async () => true })],
  ["verifies nothing", "signs with EdDSA", () => ({ verify: async () => false })],
  [
    "decrypts something else",
    "encrypts and wraps with A256KW",
    (good) => ({ decrypt: async (...call) => flipped(await good.decrypt(...call)) }),
  ],
  [
    "takes any nonce and tag",
    "encrypts and wraps with A256GCM",
    () => ({
      decrypt: async () => Buffer.alloc(32),
      encrypt: async () => ({ ciphertext: Buffer.alloc(32), tag: Buffer.alloc(16) }),
    }),
  ],
  [
    "unwraps something else",
    "encrypts and wraps with RSA-OAEP-256",
    (good) => ({ unwrapKey: async (...call) => flipped(await good.unwrapKey(...call)) }),
  ],
  [
    "gives private keys away",
    "gives the public part",
    (good) => ({
      async getKey(name) {
        const { jwk } = await good.getKey(name);
        return { name, jwk: { ...jwk, d: "secret" } };
      },
    }),
  ],
  [
    "gives symmetric keys away",
    "gives away no symmetric key",
    (good) => ({ getKey: (name) => (name === "suite-aes" ? good.getKey("suite-rsa") : good.getKey(name)) }),
  ],
])("notices a component that %s", async (_, title, replaced) => {
  expect(await failuresWith(replaced)).toEqual(expect.arrayContaining([expect.stringContaining(title)]));
});

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cryptoProviderSuite } from "@mecha/conformance";
import * as test from "vitest";
import { testContext } from "../../test/test-context.js";
import { component } from "./localstorage.js";

const { afterAll, beforeAll, describe, expect, it } = test;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mecha-keys-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const open = (path: string) =>
  component.create(testContext("crypto.dapr.localstorage", { path }, { baseFolder: folder }));

const aes = (keyName: string) => ({
  keyName,
  algorithm: "A256GCM",
  nonce: Buffer.alloc(12),
  associatedData: Buffer.alloc(0),
});

describe("crypto.dapr.localstorage", () => {
  cryptoProviderSuite(test, async (keys) => {
    await mkdir(join(folder, "suite"));
    for (const { kid, ...jwk } of keys) await writeFile(join(folder, "suite", kid), JSON.stringify(jwk));
    return open("suite");
  });

  it("reads PEM of every kind, JSON Web Keys, and symmetric keys as Base64 or bare bytes", async () => {
    const bytes = randomBytes(32);
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const ec = generateKeyPairSync("ec", { namedCurve: "P-384" });
    await mkdir(join(folder, "kinds", "deep"), { recursive: true });
    const files: Readonly<Record<string, string | Buffer>> = {
      "bytes.key": bytes,
      "base64.key": `${bytes.toString("base64")}\n`,
      "url.key": bytes.toString("base64url"),
      "deep/jwk.json": JSON.stringify({ kty: "oct", k: bytes.toString("base64url") }),
      "pkcs1.pem": rsa.privateKey.export({ type: "pkcs1", format: "pem" }),
      "pkcs8.pem": rsa.privateKey.export({ type: "pkcs8", format: "pem" }),
      "sec1.pem": ec.privateKey.export({ type: "sec1", format: "pem" }),
      "public.pem": rsa.publicKey.export({ type: "spki", format: "pem" }),
    };
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, "kinds", name), content);
    const crypto = await open("kinds");
    const { ciphertext, tag } = await crypto.encrypt(Buffer.from("plain"), aes("bytes.key"));
    for (const name of ["base64.key", "url.key", "deep/jwk.json"]) {
      expect(Buffer.from(await crypto.decrypt(ciphertext, { ...aes(name), tag })).toString()).toBe("plain");
    }
    const digest = randomBytes(32);
    for (const [name, algorithm] of [
      ["pkcs1.pem", "PS256"],
      ["pkcs8.pem", "RS256"],
      ["sec1.pem", "ES256"],
    ] as const) {
      const signature = await crypto.sign(digest, { keyName: name, algorithm });
      expect(await crypto.verify(digest, { keyName: name, algorithm, signature })).toBe(true);
    }
    await expect(crypto.sign(digest, { keyName: "public.pem", algorithm: "RS256" })).rejects.toThrow(
      "key type mismatch",
    );
  });

  it("uses a key that was replaced at once", async () => {
    await mkdir(join(folder, "turning"));
    const crypto = await open("turning");
    await writeFile(join(folder, "turning", "k"), randomBytes(32));
    const { ciphertext, tag } = await crypto.encrypt(Buffer.from("plain"), aes("k"));
    await writeFile(join(folder, "turning", "k"), randomBytes(32));
    await expect(crypto.decrypt(ciphertext, { ...aes("k"), tag })).rejects.toThrow();
  });

  it("holds a key to what it says of itself", async () => {
    await mkdir(join(folder, "limits"));
    const k = randomBytes(32).toString("base64url");
    const write = (name: string, limits: object) =>
      writeFile(join(folder, "limits", `${name}.json`), JSON.stringify({ kty: "oct", k, ...limits }));
    await write("wraps", { key_ops: ["wrapKey", "unwrapKey"] });
    await write("signs", { use: "sig" });
    await write("gcm", { use: "enc", alg: "A256GCM" });
    const crypto = await open("limits");
    await crypto.wrapKey(Buffer.alloc(32), aes("wraps.json"));
    await crypto.encrypt(Buffer.alloc(32), aes("gcm.json"));
    await expect(crypto.encrypt(Buffer.alloc(32), aes("wraps.json"))).rejects.toThrow("'encrypt' operation");
    await expect(crypto.encrypt(Buffer.alloc(32), aes("signs.json"))).rejects.toThrow("'encrypt' operation");
    await expect(crypto.encrypt(Buffer.alloc(32), { ...aes("gcm.json"), algorithm: "A256KW" })).rejects.toThrow(
      "cannot be used with algorithm",
    );
  });

  it("never leaves its folder, and never quotes what it could not read", async () => {
    await mkdir(join(folder, "inside"));
    await writeFile(join(folder, "outside.key"), randomBytes(32));
    await symlink(join(folder, "outside.key"), join(folder, "inside", "link"));
    await writeFile(join(folder, "inside", "broken.json"), '{"kty":"oct","hunter2"');
    const crypto = await open("inside");
    for (const name of ["../outside.key", join(folder, "outside.key"), "link", "", "."]) {
      await expect(crypto.encrypt(Buffer.alloc(1), aes(name)), name).rejects.toThrow();
    }
    const failure = await crypto.encrypt(Buffer.alloc(1), aes("broken.json")).catch(String);
    expect(failure).toContain("it is no JSON");
    expect(failure).not.toContain("hunter2");
  });

  it.each([[""], ["none"], ["outside.key"]])("refuses the path %j", async (path) => {
    await expect(open(path)).rejects.toMatchObject({ code: "CONFIGURATION_INVALID", metadata: { key: "path" } });
  });
});

import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSuiteKeys, cryptoProviderSuite, eventually } from "@mecha/conformance";
import * as test from "vitest";
import { testContext } from "../../test/test-context.js";
import { component } from "./jwks.js";

const { afterAll, beforeAll, describe, expect, it } = test;

const open = (jwks: string, rest: Record<string, string> = {}, baseFolder = process.cwd()) =>
  component.create(testContext("crypto.dapr.jwks", { jwks, ...rest }, { baseFolder }));

const oct = (kid: string) => ({ kid, kty: "oct", k: randomBytes(32).toString("base64url") });

const keyUse = (keyName: string) => ({
  keyName,
  algorithm: "A256GCM",
  nonce: Buffer.alloc(12),
  associatedData: Buffer.alloc(0),
});

describe("crypto.dapr.jwks", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "mecha-jwks-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  cryptoProviderSuite(test, (keys) => open(JSON.stringify({ keys })));

  it("takes a set as Base64, a single key, and leaves out what it cannot read", async () => {
    const keys = [oct("good"), { kid: "odd", kty: "none" }, { kty: "oct", k: "AA" }];
    const encoded = Buffer.from(JSON.stringify({ keys })).toString("base64");
    for (const jwks of [encoded, encoded.replace(/=+$/, ""), JSON.stringify(oct("good"))]) {
      const crypto = await open(jwks);
      expect((await crypto.encrypt(Buffer.alloc(4), keyUse("good"))).ciphertext).toHaveLength(4);
      await expect(crypto.encrypt(Buffer.alloc(4), keyUse("odd"))).rejects.toThrow("key not found");
    }
  });

  it("keeps what a key says of itself beside its public part", async () => {
    const rsa = createSuiteKeys().find(({ kid }) => kid === "suite-rsa");
    const crypto = await open(JSON.stringify({ keys: [{ ...rsa, use: "sig", alg: "RS256", key_ops: ["sign"] }] }));
    const { jwk } = await crypto.getKey("suite-rsa");
    expect(jwk).toMatchObject({ kid: "suite-rsa", use: "sig", alg: "RS256", key_ops: ["sign"], kty: "RSA" });
    expect(jwk).not.toHaveProperty("d");
  });

  it("reads a file again when it has changed, and keeps the keys from before when it breaks", async () => {
    const file = join(folder, "keys.json");
    const replace = async (text: string) => {
      await writeFile(`${file}.new`, text);
      await rename(`${file}.new`, file);
    };
    await replace(JSON.stringify({ keys: [oct("first")] }));
    const crypto = await open("keys.json", {}, folder);
    expect(crypto.backend).toBe("file:keys.json");
    await crypto.encrypt(Buffer.alloc(4), keyUse("first"));
    await replace(JSON.stringify({ keys: [oct("second")] }));
    await crypto.encrypt(Buffer.alloc(4), keyUse("second"));
    await expect(crypto.encrypt(Buffer.alloc(4), keyUse("first"))).rejects.toThrow("key not found");
    await replace("{");
    await crypto.encrypt(Buffer.alloc(4), keyUse("second"));
  });

  describe("from an address", () => {
    let server: Server;
    let url: string;
    let keys: readonly object[];
    let status = 200;
    let fetches = 0;
    beforeAll(async () => {
      server = createServer((_request, response) => {
        fetches++;
        response.writeHead(status).end(JSON.stringify({ keys }));
      });
      await once(server.listen(0, "127.0.0.1"), "listening");
      url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/keys?token=1`;
    });
    afterAll(() => {
      server.closeAllConnections();
      server.close();
    });

    it("fetches keys once, and again when they are old", async () => {
      keys = [oct("a")];
      const crypto = await open(url, { minRefreshInterval: "1s" });
      expect(crypto.backend).toBe(url.replace("?token=1", ""));
      await crypto.encrypt(Buffer.alloc(4), keyUse("a"));
      expect(fetches).toBe(1);
      keys = [oct("b")];
      await eventually("the new key is there", () =>
        crypto.encrypt(Buffer.alloc(4), keyUse("b")).then(
          () => true,
          () => false,
        ),
      );
      expect(fetches).toBe(2);
    });

    it("fails at the start where there are no keys, and goes on with old ones later", async () => {
      status = 503;
      await expect(open(url)).rejects.toMatchObject({
        code: "CONFIGURATION_INVALID",
        message: expect.stringContaining("status 503") as string,
      });
      status = 200;
      keys = [oct("a")];
      const crypto = await open(url, { minRefreshInterval: "1s" });
      status = 503;
      const before = fetches;
      await eventually("the keys were asked for again", async () => {
        await crypto.encrypt(Buffer.alloc(4), keyUse("a"));
        return fetches > before;
      });
      await crypto.encrypt(Buffer.alloc(4), keyUse("a"));
    });
  });

  it.each([[""], ["no such file"], ["{}"], ["[]"], ['{"keys":"hunter2"}']])(
    "refuses the keys %j without quoting them",
    async (jwks) => {
      const failure: unknown = await open(jwks).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: "CONFIGURATION_INVALID", metadata: { key: "jwks" } });
      expect(String(failure)).not.toContain("hunter2");
    },
  );
});

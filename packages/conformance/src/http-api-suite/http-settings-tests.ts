import { uniqueName } from "../dapr-api-suite/fixture.js";
import { eventually } from "../eventually.js";
import type { HttpApiFixture } from "./http-fixture.js";

/** Configuration, secrets, locks, cryptography, conversation. */
export function httpSettingsTests(fixture: HttpApiFixture): void {
  const { test, run, ask, app, target, expectError } = fixture;
  const { describe, it, expect } = test;
  const { configuration, secrets, lock, crypto, conversation } = run.components;

  describe("configuration", () => {
    it("gives the values of keys, and nothing for those that are not there", async () => {
      const key = uniqueName("key");
      await target().writeConfiguration(key, "red");
      const found = await ask(`GET /v1.0/configuration/${configuration}?key=${key}&key=none`);
      expect(found.status).toBe(200);
      expect(found.json).toMatchObject({ [key]: { value: "red" } });
      expect(found.json).not.toHaveProperty("none");
      expect((await ask(`GET /v1.0-alpha1/configuration/${configuration}?key=none`)).status).toBe(204);
    });

    it("tells the app of changes until it is told to stop", async () => {
      const key = uniqueName("key");
      await target().writeConfiguration(key, "red");
      const subscribed = await ask(`GET /v1.0/configuration/${configuration}/subscribe?key=${key}`);
      expect(subscribed.status).toBe(200);
      const { id } = subscribed.json as { readonly id: string };
      // daprd says that it is subscribed before it listens to Redis: one write alone can go unheard.
      let writes = 0;
      await eventually("the app hears of a change", async () => {
        await target().writeConfiguration(key, `blue ${++writes}`);
        return app().received.some(({ url }) => url === `/configuration/${configuration}/${key}`);
      });
      const told = app().received.find(({ url }) => url === `/configuration/${configuration}/${key}`);
      expect(JSON.parse(told?.body ?? "")).toMatchObject({
        items: { [key]: { value: expect.stringMatching(/^blue \d+$/) } },
      });
      const ended = await ask(`GET /v1.0/configuration/${configuration}/${id}/unsubscribe`);
      expect([ended.status, ended.json]).toEqual([200, { ok: true }]);
    });

    it("says that a store is not there", async () => {
      for (const path of ["", "/subscribe", "/some-id/unsubscribe"]) {
        expectError(await ask(`GET /v1.0/configuration/nowhere${path}`), {
          status: 400,
          errorCode: "ERR_CONFIGURATION_STORE_NOT_FOUND",
          message: "configuration store nowhere",
        });
      }
    });
  });

  describe("secrets", () => {
    it("gives one secret, or all", async () => {
      const one = await ask(`GET /v1.0/secrets/${secrets}/suite-secret`);
      expect([one.status, one.json]).toEqual([200, { "suite-secret": "open sesame" }]);
      const all = await ask(`GET /v1.0/secrets/${secrets}/bulk`);
      expect([all.status, all.json]).toMatchObject([200, { "suite-secret": { "suite-secret": "open sesame" } }]);
    });

    it("says that a store or a secret is not there", async () => {
      expectError(await ask("GET /v1.0/secrets/nowhere/key"), { status: 401, errorCode: "ERR_SECRET_STORE_NOT_FOUND" });
      expectError(await ask(`GET /v1.0/secrets/${secrets}/none`), { status: 500, errorCode: "ERR_SECRET_GET" });
    });
  });

  describe("locks", () => {
    it("are had by one owner at a time", async () => {
      const resourceId = uniqueName("resource");
      const body = { resourceId, lockOwner: "ann", expiryInSeconds: 60 };
      const taken = await ask(`POST /v1.0-alpha1/lock/${lock}`, { body });
      expect([taken.status, taken.json]).toEqual([200, { success: true }]);
      const refused = await ask(`POST /v1.0-alpha1/lock/${lock}`, { body: { ...body, lockOwner: "bob" } });
      expect([refused.status, refused.json]).toEqual([200, { success: false }]);
      const unlock = (lockOwner: string) =>
        ask(`POST /v1.0-alpha1/unlock/${lock}`, { body: { resourceId, lockOwner } });
      expect((await unlock("bob")).json).toEqual({ status: 2 });
      expect((await unlock("ann")).json).toEqual({ status: 0 });
      expect((await unlock("ann")).json).toEqual({ status: 1 });
    });

    it("need an owner, a resource and a time", async () => {
      const asked = await ask(`POST /v1.0-alpha1/lock/${lock}`, { body: { resource_id: "r", lock_owner: "o" } });
      expectError(asked, {
        status: 400,
        errorCode: "ERR_MALFORMED_REQUEST",
        message: `ExpiryInSeconds is not positive in lock store ${lock}`,
      });
    });
  });

  describe("crypto", () => {
    it("encrypts and decrypts a body", async () => {
      const plain = "a secret ".repeat(1_000);
      const headers = { "dapr-key-name": "suite-rsa", "dapr-key-wrap-algorithm": "RSA" };
      const response = await fetch(`${target().address}/v1.0-alpha1/crypto/${crypto}/encrypt`, {
        method: "PUT",
        headers,
        body: plain,
      });
      expect([response.status, response.headers.get("content-type")]).toEqual([200, "application/octet-stream"]);
      const encrypted = await response.arrayBuffer();
      const decrypted = await fetch(`${target().address}/v1.0-alpha1/crypto/${crypto}/decrypt`, {
        method: "PUT",
        body: encrypted,
      });
      expect([decrypted.status, await decrypted.text()]).toEqual([200, plain]);
    });

    it("names the header that is missing, and the component that is not there", async () => {
      expectError(await ask(`PUT /v1.0-alpha1/crypto/${crypto}/encrypt`, { body: "x" }), {
        status: 400,
        errorCode: "ERR_BAD_REQUEST",
        message: "invalid request: missing header 'dapr-key-name'",
      });
      const headers = { "dapr-key-name": "k", "dapr-key-wrap-algorithm": "RSA" };
      expectError(await ask("PUT /v1.0-alpha1/crypto/nowhere/encrypt", { body: "x", headers }), {
        status: 400,
        errorCode: "ERR_CRYPTO_PROVIDER_NOT_FOUND",
        message: "crypto provider nowhere not found",
      });
    });

    it("has the operations by themselves where they are built in", async () => {
      const key = await ask(`POST /v1.0-alpha1/subtlecrypto/${crypto}/getkey`, { body: { name: "suite-rsa" } });
      if (run.subtleCrypto) expect([key.status, key.json]).toMatchObject([200, { name: "suite-rsa" }]);
      else expectError(key, { status: 501, errorCode: "ERR_API_UNIMPLEMENTED" });
      if (!run.subtleCrypto) return;
      for (const digest of ["store", "YQ=", "YWE==", "a+b_"]) {
        const body = { keyName: "suite-rsa", algorithm: "PS256", digest };
        expectError(await ask(`POST /v1.0-alpha1/subtlecrypto/${crypto}/sign`, { body }), {
          status: 400,
          errorCode: "ERR_MALFORMED_REQUEST",
        });
      }
      // Whatever it is of, that is base64.
      for (const digest of ["YQ", "YQ==", "_-8=", "+/8"]) {
        const body = { keyName: "suite-rsa", algorithm: "PS256", digest };
        expectError(await ask(`POST /v1.0-alpha1/subtlecrypto/${crypto}/sign`, { body }), {
          status: 500,
          errorCode: "ERR_CRYPTO",
        });
      }
    });
  });

  describe("conversation", () => {
    it("carries inputs and outputs", async () => {
      const reply = await ask(`POST /v1.0-alpha1/conversation/${conversation}/converse`, {
        body: { inputs: [{ content: "hello" }] },
      });
      expect([reply.status, reply.json]).toMatchObject([200, { outputs: [{ result: "hello" }] }]);
    });

    it("gives parameters back as they came, with their types", async () => {
      const converse = (parameters: object) =>
        ask(`POST /v1.0-alpha1/conversation/${conversation}/converse`, {
          body: { inputs: [{ content: "hello" }], parameters },
        });
      const typed = (name: string, value: unknown) => ({
        "@type": `type.googleapis.com/google.protobuf.${name}`,
        value,
      });
      const parameters = {
        a: typed("Int64Value", "-9223372036854775808"),
        b: typed("UInt64Value", "18446744073709551615"),
        c: typed("Int32Value", -3),
        d: typed("UInt32Value", 4294967295),
        e: typed("DoubleValue", 1.5e-300),
        f: typed("FloatValue", 0.1),
        g: typed("BoolValue", true),
        h: typed("StringValue", "grüß"),
        i: typed("BytesValue", "AQL/"),
        j: typed("Value", { x: [1, null] }),
        k: typed("Struct", { x: { y: [true, null] } }),
        l: typed("ListValue", [1, "a"]),
        m: typed("Duration", "1.500s"),
        n: typed("Timestamp", "2020-01-01T00:00:00Z"),
        o: typed("Empty", {}),
        p: {},
      };
      expect((await converse(parameters)).json).toEqual({ outputs: [{ result: "hello", parameters }] });
      const wrong = [typed("Int32Value", "2147483648"), typed("Duration", "soon"), typed("Nothing", {}), "plain"];
      for (const a of wrong) expectError(await converse({ a }), { status: 400, errorCode: "ERR_MALFORMED_REQUEST" });
    });

    it("refuses a message of nobody", async () => {
      const body = { inputs: [{ messages: [{ ofNobody: { content: [{ text: "hi" }] } }] }] };
      expectError(await ask(`POST /v1.0-alpha2/conversation/${conversation}/converse`, { body }), {
        status: 400,
        errorCode: "ERR_CONVERSATION_INVALID_PARMS",
      });
    });

    it("carries messages by role, and tool calls", async () => {
      const messages = [{ ofUser: { content: [{ text: "hi" }] } }];
      const tools = [{ function: { name: "weather", parameters: { type: "object", properties: {} } } }];
      const reply = await ask(`POST /v1.0-alpha2/conversation/${conversation}/converse`, {
        body: { inputs: [{ messages }], tools },
      });
      expect(reply.status).toBe(200);
      expect(reply.json).toMatchObject({
        outputs: [
          { choices: [{ finishReason: "tool_calls", message: { toolCalls: [{ function: { name: "weather" } }] } }] },
        ],
      });
    });
  });
}

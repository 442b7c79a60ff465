import { uniqueName } from "../dapr-api-suite/fixture.js";
import type { HttpApiFixture } from "./http-fixture.js";

/** State: `/v1.0/state/…`. */
export function httpStateTests({ test, run, ask, target, expectError }: HttpApiFixture): void {
  const { describe, it, expect } = test;
  const base = `/v1.0/state/${run.components.state}`;

  describe("state", () => {
    it("keeps JSON values, and gives them back with an ETag", async () => {
      const key = uniqueName("key");
      const saved = await ask(`POST ${base}`, { body: [{ key, value: { a: [1, null, "ü"] } }] });
      expect([saved.status, saved.text]).toEqual([204, ""]);
      const found = await ask(`GET ${base}/${key}`);
      expect([found.status, found.headers.get("content-type"), found.json]).toEqual([
        200,
        "application/json",
        { a: [1, null, "ü"] },
      ]);
      expect(found.headers.get("etag")).toBeTruthy();
    });

    it("keeps JSON as Go writes it: keys in order, no space, escapes", async () => {
      const key = uniqueName("key");
      const value = '{ "z": [1.50, 1e3, {"b": 1, "a": "<&>"}], "10": null, "9": "\u2028", "A": 1e-7 }';
      await ask(`POST ${base}`, { body: `[{ "key": "${key}", "value": ${value} }]` });
      const written = String.raw`{"10":null,"9":"\u2028","A":1e-7,"z":[1.5,1000,{"a":"\u003c\u0026\u003e","b":1}]}`;
      expect((await ask(`GET ${base}/${key}`)).text).toBe(written);
      const request = `{ "key": "${key}-2", "value": ${value} }`;
      await ask(`POST ${base}/transaction`, { body: `{"operations":[{"operation":"upsert","request":${request}}]}` });
      expect((await ask(`GET ${base}/${key}-2`)).text).toBe(written);
    });

    it("takes PUT for POST, and has nothing to say of a key that is not there", async () => {
      const key = uniqueName("key");
      expect((await ask(`PUT ${base}`, { body: [{ key, value: "text" }] })).status).toBe(204);
      expect((await ask(`GET ${base}/${key}`)).text).toBe('"text"');
      const absent = await ask(`GET ${base}/${uniqueName("none")}`);
      expect([absent.status, absent.text]).toEqual([204, ""]);
    });

    it("decodes keys in paths, where a plus is a space", async () => {
      const key = uniqueName("a key/ü");
      await ask(`POST ${base}`, { body: [{ key, value: 1 }] });
      expect((await ask(`GET ${base}/${encodeURIComponent(key)}`)).text).toBe("1");
      expect((await ask(`GET ${base}/${encodeURIComponent(key).replaceAll("%20", "+")}`)).text).toBe("1");
    });

    it("takes expiry from the metadata of the query", async () => {
      const key = uniqueName("key");
      expect((await ask(`POST ${base}?metadata.ttlInSeconds=60`, { body: [{ key, value: 1 }] })).status).toBe(204);
      const found = await ask(`GET ${base}/${key}`);
      expect(Date.parse(found.headers.get("metadata.ttlexpiretime") ?? "")).toBeGreaterThan(Date.now());
    });

    it("saves and deletes by ETag, and answers a wrong one with 409", async () => {
      const key = uniqueName("key");
      await ask(`POST ${base}`, { body: [{ key, value: 1 }] });
      const etag = (await ask(`GET ${base}/${key}`)).headers.get("etag") ?? "";
      const wrong = `${etag.slice(0, -1)}${etag.endsWith("9") ? "8" : "9"}`;
      const options = { concurrency: "first-write" };
      const refused = await ask(`POST ${base}`, { body: [{ key, value: 2, etag: wrong, options }] });
      expectError(refused, { status: 409, errorCode: "ERR_STATE_SAVE", message: "failed saving state in state store" });
      const kept = await ask(`DELETE ${base}/${key}`, { headers: { "If-Match": wrong } });
      expectError(kept, {
        status: 409,
        errorCode: "ERR_STATE_DELETE",
        message: `failed deleting state with key ${key}`,
      });
      expect((await ask(`POST ${base}`, { body: [{ key, value: 2, etag, options }] })).status).toBe(204);
      const newer = (await ask(`GET ${base}/${key}`)).headers.get("etag") ?? "";
      expect((await ask(`DELETE ${base}/${key}`, { headers: { "If-Match": newer } })).status).toBe(204);
      expect((await ask(`GET ${base}/${key}`)).status).toBe(204);
    });

    it("reads many keys at once", async () => {
      const [first, second] = [uniqueName("key"), uniqueName("key")];
      await ask(`POST ${base}`, { body: [{ key: first, value: { n: 1 } }] });
      const found = await ask(`POST ${base}/bulk`, { body: { keys: [first, second], parallelism: 2 } });
      expect(found.status).toBe(200);
      const items = found.json as readonly { readonly key: string }[];
      expect(items.find(({ key }) => key === first)).toMatchObject({ data: { n: 1 } });
      expect(items.find(({ key }) => key === second)).not.toHaveProperty("data");
      expect((await ask(`POST ${base}/bulk`, { body: { keys: [] } })).json).toEqual([]);
    });

    it("queries values by their fields, where the store can", async () => {
      const [first, second, batch] = [uniqueName("key"), uniqueName("key"), uniqueName("batch")];
      const items = [first, second].map((key, n) => ({ key, value: { batch, n } }));
      await ask(`POST ${base}`, { body: items });
      const path = base.replace("/v1.0/", "/v1.0-alpha1/");
      const filter = { EQ: { batch } };
      const sort = [{ key: "n", order: "DESC" }];
      const found = await ask(`POST ${path}/query`, { body: { filter, sort, page: { limit: 1 } } });
      if (run.stateQueries !== true) {
        expectError(found, {
          status: 500,
          errorCode: "ERR_STATE_STORE_NOT_SUPPORTED",
          message: "state store does not support querying",
          reason: "DAPR_STATE_QUERYING_NOT_SUPPORTED",
        });
        return;
      }
      expect(found.json).toMatchObject({ results: [{ key: second, data: { batch, n: 1 } }], token: "1" });
      const rest = await ask(`POST ${path}/query`, { body: { filter, sort, page: { limit: 1, token: "1" } } });
      expect(rest.json).toMatchObject({ results: [{ key: first, data: { batch, n: 0 } }] });
      expect(rest.json).not.toHaveProperty("token");
      const none = await ask(`POST ${path}/query`, { body: { filter: { EQ: { batch: "none" } } } });
      expect([none.status, none.text]).toEqual([204, ""]);
      expectError(await ask(`POST ${path}/query`, { body: { filter: { LIKE: {} } } }), {
        status: 500,
        errorCode: "ERR_STATE_QUERY",
        message: /unsupported filter "LIKE"/u,
        reason: "DAPR_STATE_QUERY_FAILED",
      });
    });

    it("does all of a transaction", async () => {
      const [kept, gone] = [uniqueName("key"), uniqueName("key")];
      await ask(`POST ${base}`, { body: [{ key: gone, value: 1 }] });
      const operations = [
        { operation: "upsert", request: { key: kept, value: { n: 2 } } },
        { operation: "delete", request: { key: gone } },
      ];
      const done = await ask(`POST ${base}/transaction`, { body: { operations } });
      expect([done.status, done.text]).toEqual([204, ""]);
      expect((await ask(`GET ${base}/${kept}`)).json).toEqual({ n: 2 });
      expect((await ask(`GET ${base}/${gone}`)).status).toBe(204);
    });

    it("does nothing of a transaction with a wrong ETag", async () => {
      const [first, second] = [uniqueName("key"), uniqueName("key")];
      await ask(`POST ${base}`, { body: [{ key: first, value: 1 }] });
      const etag = (await ask(`GET ${base}/${first}`)).headers.get("etag") ?? "";
      const wrong = `${etag.slice(0, -1)}${etag.endsWith("9") ? "8" : "9"}`;
      const operations = [
        { operation: "upsert", request: { key: second, value: 1 } },
        {
          operation: "upsert",
          request: { key: first, value: 2, etag: wrong, options: { concurrency: "first-write" } },
        },
      ];
      const refused = await ask(`POST ${base}/transaction`, { body: { operations } });
      expectError(refused, {
        status: run.transactionConflictStatus,
        errorCode: "ERR_STATE_TRANSACTION",
        message: "error while executing state transaction",
      });
      expect((await ask(`GET ${base}/${second}`)).status).toBe(204);
    });

    it("refuses an operation of a transaction that it does not know", async () => {
      const operations = [{ operation: "merge", request: { key: "a" } }];
      expectError(await ask(`POST ${base}/transaction`, { body: { operations } }), {
        status: 400,
        errorCode: "ERR_NOT_SUPPORTED_STATE_OPERATION",
        message: "operation type merge not supported",
      });
    });

    it("refuses bodies that are no JSON, items without a key, and keys with a separator", async () => {
      expectError(await ask(`POST ${base}`, { body: "{" }), { status: 400, errorCode: "ERR_MALFORMED_REQUEST" });
      expectError(await ask(`POST ${base}/bulk`, { body: "[" }), { status: 400, errorCode: "ERR_MALFORMED_REQUEST" });
      const illegal = await ask(`POST ${base}`, { body: [{ key: "a||b", value: 1 }] });
      expectError(illegal, {
        status: 400,
        errorCode: "ERR_MALFORMED_REQUEST",
        message: /input key\/keyPrefix 'a\|\|b' can't contain '\|\|'/u,
        reason: "DAPR_STATE_ILLEGAL_KEY",
      });
      expectError(await ask(`POST ${base}`, { body: [{ value: 1 }] }), {
        status: 400,
        errorCode: "ERR_MALFORMED_REQUEST",
        message: '"key" is a required field',
      });
    });

    it("refuses options and expiries that make no sense, and takes no items at all", async () => {
      const item = { key: uniqueName("key"), value: 1 };
      const save = (more: object) => ask(`POST ${base}`, { body: [{ ...item, ...more }] });
      const refused = { status: 500, errorCode: "ERR_STATE_SAVE" };
      expectError(await save({ options: { concurrency: "often" } }), {
        ...refused,
        message: /unrecognized concurrency model 'often'$/u,
      });
      expectError(await save({ options: { consistency: "some" } }), {
        ...refused,
        message: /unrecognized consistency model 'some'$/u,
      });
      expectError(await save({ metadata: { ttlInSeconds: "soon" } }), refused);
      expectError(await ask(`DELETE ${base}/${item.key}?concurrency=often`), {
        status: 500,
        errorCode: "ERR_STATE_DELETE",
        message: `failed deleting state with key ${item.key}: unrecognized concurrency model 'often'`,
      });
      const request = { ...item, metadata: { ttlInSeconds: "soon" } };
      expectError(await ask(`POST ${base}/transaction`, { body: { operations: [{ operation: "upsert", request }] } }), {
        status: 500,
        errorCode: "ERR_STATE_TRANSACTION",
      });
      expect((await ask(`POST ${base}`, { body: "null" })).status).toBe(204);
      expect((await ask(`GET ${base}/${item.key}`)).status).toBe(204);
    });

    it("says that a store is not there, and of which component an error is", async () => {
      const missing = await ask("GET /v1.0/state/nowhere/key");
      expectError(missing, {
        status: 400,
        errorCode: "ERR_STATE_STORE_NOT_FOUND",
        message: "state store nowhere is not found",
        reason: "DAPR_STATE_NOT_FOUND",
      });
      expect(missing.json).toMatchObject({ details: [{ metadata: { appID: target().appId } }] });
      expect((await ask(`POST ${base}/bulk`, { body: { keys: ["a||b"] } })).json).toMatchObject({
        details: [
          { "@type": "type.googleapis.com/google.rpc.BadRequest" },
          {
            "@type": "type.googleapis.com/google.rpc.ResourceInfo",
            resource_type: "state",
            resource_name: run.components.state,
          },
          { "@type": "type.googleapis.com/google.rpc.ErrorInfo", domain: "dapr.io" },
        ],
      });
    });
  });
}

import { uniqueName } from "../dapr-api-suite/fixture.js";
import type { HttpApiFixture } from "./http-fixture.js";
import { suiteActorType, suiteDroppedTopic } from "./suite-app.js";

/** Actors, jobs, and what is about the runtime itself. */
export function httpRuntimeTests({ test, run, ask, app, target, expectError }: HttpApiFixture): void {
  const { describe, it, expect } = test;

  describe("actors", () => {
    const actor = () => `/v1.0/actors/${suiteActorType}/${uniqueName("id")}`;

    it("are called by every verb that the API has for them", async () => {
      const reply = await ask(`POST ${actor()}/method/add`, { body: "3" });
      expect([reply.status, reply.json]).toEqual([200, { method: "add", got: "3" }]);
      expect((await ask(`GET ${actor()}/method/total`)).json).toEqual({ method: "total", got: "" });
    });

    it("stay within their own paths of the app, whatever a method is called", async () => {
      const reply = await ask(`POST ${actor()}/method/..%2F..%2Fa%2F..%2Fadd`, { body: "3" });
      expect([reply.status, reply.json]).toEqual([200, { method: "add", got: "3" }]);
      const { url } = await app().next("the call came", ({ url, body }) => url.endsWith("/method/add") && body === "3");
      expect(url).not.toContain("..");
    });

    it("say what is wrong with a call", async () => {
      expectError(await ask("POST /v1.0/actors/NobodysType/1/method/add", { body: "1" }), {
        status: 500,
        errorCode: "ERR_ACTOR_INVOKE_METHOD",
        message: "error invoke actor method: failed to lookup actor: ",
      });
      expectError(await ask(`POST /v1.0/actors/${suiteActorType}/a%2Fb/method/add`, { body: "1" }), {
        status: 400,
        errorCode: "ERR_BAD_REQUEST",
      });
      const path = actor();
      await ask(`POST ${path}/method/add`, { body: "1" });
      expectError(await ask(`POST ${path}/state`, { body: [{ operation: "merge", request: { key: "a" } }] }), {
        status: 500,
        errorCode: "ERR_ACTOR_STATE_TRANSACTION_SAVE",
        message: "error saving actor transaction state: operation type merge not supported",
      });
    });

    it("have state of their own", async () => {
      const path = actor();
      await ask(`POST ${path}/method/add`, { body: "1" });
      const operations = [
        { operation: "upsert", request: { key: "total", value: { n: 3 } } },
        { operation: "delete", request: { key: "other" } },
      ];
      const done = await ask(`POST ${path}/state`, { body: operations });
      expect([done.status, done.text]).toEqual([204, ""]);
      const found = await ask(`GET ${path}/state/total`);
      expect([found.status, found.json]).toEqual([200, { n: 3 }]);
      expect((await ask(`GET ${path}/state/other`)).status).toBe(204);
    });

    it("have timers and reminders, whose payload comes back as it was", async () => {
      const path = actor();
      await ask(`POST ${path}/method/add`, { body: "1" });
      const registered = await ask(`POST ${path}/reminders/wake`, {
        body: { dueTime: "1h", period: "2h", data: { a: 1 } },
      });
      expect([registered.status, registered.text]).toEqual([204, ""]);
      const found = await ask(`GET ${path}/reminders/wake`);
      expect(found.status).toBe(200);
      expect(found.json).toMatchObject({ actorType: suiteActorType, data: { a: 1 } });
      expect((await ask(`DELETE ${path}/reminders/wake`)).status).toBe(204);

      const timer = await ask(`POST ${path}/timers/tick`, { body: { dueTime: "10ms", callback: "go", data: "now" } });
      expect(timer.status).toBe(204);
      const id = path.split("/").at(-1) ?? "";
      const fired = await app().next(
        "the timer fires",
        ({ url }) => url === `/actors/${suiteActorType}/${id}/method/timer/tick`,
      );
      expect(JSON.parse(fired.body)).toMatchObject({ callback: "go", data: "now" });
      expect((await ask(`DELETE ${path}/timers/tick`)).status).toBe(204);
    });
  });

  describe("jobs", () => {
    it("are scheduled, read, deleted, and come to the app", async () => {
      const name = uniqueName("job");
      const kept = await ask(`POST /v1.0/jobs/${name}`, {
        body: { schedule: "@every 1h", repeats: 2, data: { n: 1 } },
      });
      expect([kept.status, kept.text]).toEqual([204, ""]);
      const found = await ask(`GET /v1.0-alpha1/jobs/${name}`);
      expect([found.status, found.json]).toMatchObject([200, { name, schedule: "@every 1h", repeats: 2 }]);
      expect(found.json).toMatchObject({
        data: { "@type": "type.googleapis.com/google.protobuf.Value", value: { n: 1 } },
      });
      expect((await ask(`DELETE /v1.0/jobs/${name}`)).status).toBe(204);

      const soon = uniqueName("job");
      await ask(`POST /v1.0/jobs/${soon}`, { body: { dueTime: "10ms", data: "now" } });
      const due = await app().next("the job comes", ({ url }) => url === `/job/${soon}`);
      expect(due.body).toBe('"now"');
    });

    it("have their name in the path only", async () => {
      expectError(await ask("POST /v1.0/jobs/a", { body: { name: "b", dueTime: "1h" } }), {
        status: 400,
        errorCode: "DAPR_SCHEDULER_JOB_NAME",
        reason: "DAPR_SCHEDULER_JOB_NAME",
      });
    });

    it("need a time, and as many repeats as there can be", async () => {
      const timeless = await ask("POST /v1.0/jobs/a", { body: { data: 1 } });
      expectError(timeless, {
        status: 400,
        errorCode: "DAPR_SCHEDULER_SCHEDULE_EMPTY",
        reason: "DAPR_SCHEDULER_SCHEDULE_EMPTY",
      });
      expect(timeless.json).toMatchObject({ details: [{ metadata: { appID: target().appId, namespace: "default" } }] });
      expectError(await ask("POST /v1.0/jobs/a", { body: { schedule: "@every 1h", repeats: -1 } }), {
        status: 400,
        errorCode: "ERR_MALFORMED_REQUEST",
      });
    });
  });

  describe("metadata and health", () => {
    it("names the app, its components, and what was added", async () => {
      const key = uniqueName("key");
      expect((await ask(`PUT /v1.0/metadata/${key}`, { body: "some value" })).status).toBe(204);
      const found = await ask("GET /v1.0/metadata");
      expect(found.status).toBe(200);
      expect(found.json).toMatchObject({ id: target().appId, extended: { [key]: "some value" } });
      const { components } = found.json as { readonly components: readonly { readonly name: string }[] };
      expect(components.map(({ name }) => name)).toContain(run.components.state);
    });

    it("says what comes to the app, and how", async () => {
      const { port } = app();
      const { json } = await ask("GET /v1.0/metadata");
      expect(json).toMatchObject({
        appConnectionProperties: { port, protocol: "http", channelAddress: "127.0.0.1" },
        enabledFeatures: expect.arrayContaining(["HotReload"]),
        subscriptions: expect.arrayContaining([
          {
            pubsubname: run.components.pubsub,
            topic: suiteDroppedTopic,
            rules: [{ path: "/on-dropped" }],
            deadLetterTopic: expect.stringMatching(/./u),
            type: "PROGRAMMATIC",
          },
        ]),
        components: expect.arrayContaining([
          expect.objectContaining({ name: run.components.state, capabilities: expect.arrayContaining(["ACTOR"]) }),
        ]),
      });
    });

    it("is well, under its own id only", async () => {
      expect((await ask("GET /v1.0/healthz")).status).toBe(204);
      expect((await ask("GET /v1.0/healthz/outbound")).status).toBe(204);
      expect((await ask(`GET /v1.0/healthz?appid=${target().appId}`)).status).toBe(204);
      expectError(await ask("GET /v1.0/healthz?appid=other"), {
        status: 500,
        errorCode: "ERR_HEALTH_APPID_NOT_MATCH",
        message: "dapr app-id does not match",
      });
    });
  });
}

import { componentYaml, eventually } from "@mecha/conformance";
import type { ActorChannel } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { serveHttp } from "../src/doors/http/serve-http.js";
import { testRuntime } from "./runtime-fixture.js";

const store = { "state.yaml": componentYaml("store", "state.in-memory", { actorStateStore: "true" }) };

/** An app's actors as a channel of any kind brings calls to them; it writes down what came. */
function greeter(heard: unknown[]): ActorChannel {
  const text = (data: Uint8Array): string => Buffer.from(data).toString("utf8");
  return {
    types: ["Greeter"],
    config: { entities: ["Greeter"], entitiesConfig: [] },
    invoke: async ({ actorId, method, data }) => {
      if (method === "missing") throw new MechaError("NOT_FOUND", "no such method", { operation: "actors.find" });
      if (method === "fail") throw new MechaError("FAILED_PRECONDITION", "not today");
      if (method === "told") return { data: Buffer.from("told why"), metadata: {}, failed: true };
      return { data: Buffer.from(`${actorId} ${text(data)}`), metadata: { "content-type": "text/plain" } };
    },
    timer: async ({ name, callback, data }) => {
      heard.push(["timer", name, callback, text(data)]);
      return {};
    },
    reminder: async ({ name, dueTime, period, data }) => {
      heard.push(["reminder", name, dueTime, period, text(data)]);
      return { cancel: true };
    },
    deactivate: async () => undefined,
  };
}

describe("actors over Dapr's HTTP API", { timeout: 60_000 }, () => {
  let heard: unknown[];
  let ask: (verb: string, path: string, body?: unknown) => Promise<readonly [number, string]>;

  beforeEach(async () => {
    heard = [];
    const runtime = await testRuntime(store);
    const door = await serveHttp(runtime, { port: 0 });
    onTestFinished(() => door.close());
    onTestFinished(await runtime.attachApp({ actor: greeter(heard) }));
    ask = async (verb, path, body) => {
      const response = await fetch(`${door.address}/v1.0/actors/Greeter/${path}`, {
        method: verb,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return [response.status, await response.text()];
    };
  });

  it("are called, and their failures told", async () => {
    expect(await ask("PUT", "42/method/greet", "you")).toEqual([200, '42 "you"']);
    expect((await ask("PUT", "42/method/missing"))[1]).toContain("actor method not found: missing");
    const [status, body] = await ask("PUT", "42/method/fail");
    expect(status).toBe(500);
    expect(JSON.parse(body)).toMatchObject({ errorCode: "ERR_ACTOR_INVOKE_METHOD" });
    expect(body).toContain("error from actor service: FAILED_PRECONDITION: not today");
  });

  it("have state, changed only while they are active", async () => {
    const change = [{ operation: "upsert", request: { key: "k", value: { n: 1 } } }];
    expect((await ask("POST", "42/state", change))[0]).toBe(400);
    await ask("PUT", "42/method/greet");
    expect((await ask("POST", "42/state", change))[0]).toBe(204);
    expect(await ask("GET", "42/state/k")).toEqual([200, '{"n":1}']);
    expect((await ask("GET", "42/state/other"))[0]).toBe(204);
  });

  it("get reminders and timers with the JSON of their registration", async () => {
    expect((await ask("POST", "42/reminders/wake", { dueTime: "10ms", period: "1h", data: { deep: [1] } }))[0]).toBe(
      204,
    );
    expect((await ask("POST", "42/timers/tick", { dueTime: "10ms", callback: "onTick", data: "plain" }))[0]).toBe(204);
    await eventually("both come", async () => heard.length === 2);
    // Like daprd's, a reminder says no times: those that the scheduler has are not in a form that SDKs read.
    expect(heard).toContainEqual(["reminder", "wake", "", "", '{"deep":[1]}']);
    expect(heard).toContainEqual(["timer", "tick", "onTick", '"plain"']);
    // The reminder was answered with `cancel`.
    await eventually("it does not come again", async () => (await ask("GET", "42/reminders/wake"))[0] === 404);
  });

  it("have reminders that can be read and ended", async () => {
    await ask("POST", "42/reminders/later", { dueTime: "1h", data: "x" });
    const [status, body] = await ask("GET", "42/reminders/later");
    expect([status, JSON.parse(body)]).toEqual([
      200,
      { actorID: "42", actorType: "Greeter", dueTime: "1h", data: "x" },
    ]);
    expect((await ask("DELETE", "42/reminders/later"))[0]).toBe(204);
    expect((await ask("GET", "42/reminders/later"))[0]).toBe(404);
  });
});

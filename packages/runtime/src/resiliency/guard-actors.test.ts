import { componentYaml } from "@mecha/conformance";
import { daprMethods, type ActorChannel } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { expect, test } from "vitest";
import { Failures, policies, resiliencyYaml } from "../../test/resiliency-fixture.js";
import { testRuntime } from "../../test/runtime-fixture.js";

const store = { "state.yaml": componentYaml("store", "state.in-memory", { actorStateStore: "true" }) };

/** Calls a method of an actor whose type has these policies. */
async function actorWith(target: object, invoke: ActorChannel["invoke"]) {
  const yaml = resiliencyYaml({ policies, targets: { actors: { Cart: target } } });
  const { transport, attachApp } = await testRuntime({ ...store, "r.yaml": yaml });
  const nothing = async () => ({});
  await attachApp({
    actor: {
      types: ["Cart"],
      config: { entities: ["Cart"], entitiesConfig: [] },
      invoke,
      timer: nothing,
      reminder: nothing,
      deactivate: async () => undefined,
    },
  });
  return (actorId = "1", method = "add") =>
    transport.unary(daprMethods.invokeActor, {
      actorType: "Cart",
      actorId,
      method,
      data: Buffer.alloc(0),
      metadata: {},
    });
}

const reply = { data: Buffer.from("done"), metadata: {} };

test("a method that fails is called again, and one that is not there is not", async () => {
  const failures = new Failures(2);
  const methods: string[] = [];
  const call = await actorWith({ retry: "twice" }, async ({ method }) => {
    methods.push(method);
    if (method === "missing") throw new MechaError("NOT_FOUND", "no such method", { operation: "actors.find" });
    failures.count();
    return reply;
  });
  expect((await call()).data.toString()).toBe("done");
  await expect(call("1", "missing")).rejects.toMatchObject({
    message: expect.stringContaining("not found") as unknown,
  });
  expect(methods).toEqual(["add", "add", "add", "missing"]);
});

test("a method that tells of its failure is called again, and what it told last comes back", async () => {
  let calls = 0;
  const call = await actorWith({ retry: "twice" }, async () => ({
    data: Buffer.from(`no ${String(++calls)}`),
    metadata: {},
    failed: true,
  }));
  expect((await call()).data.toString()).toBe("no 3");
});

test("a turn that is too slow ends, and the next one begins", async () => {
  let calls = 0;
  const call = await actorWith({ timeout: "short" }, async () =>
    ++calls === 1 ? new Promise(() => undefined) : reply,
  );
  await expect(call()).rejects.toMatchObject({
    code: "DEADLINE_EXCEEDED",
    reason: "ERR_ACTOR_INVOKE_METHOD",
    message: "error invoke actor method: context deadline exceeded",
  });
  expect((await call()).data.toString()).toBe("done");
});

test("the breaker of one actor leaves others alone, and a refused call does not count", async () => {
  const target = { circuitBreaker: "second", circuitBreakerScope: "id" };
  const call = await actorWith(target, () => Promise.reject(new Error("broken")));
  for (let count = 1; count <= 3; count++)
    await expect(call("1", "add#")).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  for (let count = 1; count <= 2; count++) await expect(call()).rejects.toThrow("broken");
  await expect(call()).rejects.toMatchObject({
    code: "INTERNAL",
    message: "error invoke actor method: circuit breaker is open",
  });
  await expect(call("2")).rejects.toThrow("broken");
});

import type { ComponentLogger } from "@mecha/spec";
import { expect, test } from "vitest";
import { resourceFolder } from "../../test/runtime-fixture.js";
import { silentLogger } from "../../test/silent-logger.js";
import { readResources } from "../resources/read-resources.js";
import { Resiliency } from "./resiliency.js";

function compile(...specs: readonly object[]): Promise<Resiliency> {
  return compileFor(silentLogger, ...specs);
}

async function compileFor(logger: ComponentLogger, ...specs: readonly object[]): Promise<Resiliency> {
  const files = specs.map((spec, index): [string, string] => [
    `${String(index)}.yaml`,
    JSON.stringify({ kind: "Resiliency", metadata: { name: `r${String(index)}` }, spec }),
  ]);
  const { resiliencies } = await readResources([await resourceFolder(Object.fromEntries(files))], "app");
  return Resiliency.compile(resiliencies, logger);
}

const policies = {
  timeouts: { slow: "5s" },
  retries: { again: { maxRetries: 0 }, often: { maxRetries: 3 } },
  circuitBreakers: { simple: { trip: "consecutiveFailures >= 2" } },
};
const fails = (): Promise<never> => Promise.reject(new Error("down"));

test("each direction of a component has the policies that its target names", async () => {
  const resiliency = await compile({
    policies,
    targets: { components: { events: { inbound: { retry: "often" } }, store: { outbound: { timeout: "slow" } } } },
  });
  expect(resiliency.inbound("events", "pubsub")?.hasRetries).toBe(true);
  expect(resiliency.outbound("events", "pubsub")).toBeUndefined();
  expect(resiliency.outbound("store", "state")?.hasRetries).toBe(false);
  expect(resiliency.outbound("other", "state")).toBeUndefined();
});

test("a target may name a policy of another resource, and one that daprd has by itself", async () => {
  const resiliency = await compile(
    { targets: { apps: { shop: { retry: "often" }, till: { retry: "DaprBuiltInServiceRetries" } } } },
    { policies },
  );
  expect(resiliency.endpoint("shop", "shop:pay")?.hasRetries).toBe(true);
  expect(resiliency.endpoint("till", "till:pay")?.hasRetries).toBe(true);
  expect(resiliency.endpoint("bank", "bank:pay")).toBeUndefined();
  expect(resiliency.names).toEqual(["r0", "r1"]);
});

test("default policies are for what no target names, the nearest name first", async () => {
  const retries = {
    DefaultRetryPolicy: { maxRetries: 0 },
    DefaultStatestoreComponentOutboundRetryPolicy: { maxRetries: 1 },
    DefaultComponentInboundRetryPolicy: { maxRetries: 1 },
  };
  const resiliency = await compile({ policies: { retries }, targets: { components: { bare: {} } } });
  const hasRetries = (kind: "state" | "lock", name = "x") => resiliency.outbound(name, kind)?.hasRetries;
  expect([hasRetries("state"), hasRetries("lock"), hasRetries("state", "bare")]).toEqual([true, false, undefined]);
  expect(resiliency.inbound("x", "bindings")?.hasRetries).toBe(true);
  expect([resiliency.endpoint("a", "a:m")?.hasRetries, resiliency.actorCall("A", "1")?.hasRetries]).toEqual([
    false,
    false,
  ]);
});

test("a policy without a breaker is one for all methods of an app, and is told of by the app's id", async () => {
  const warned: string[] = [];
  const logger = { ...silentLogger, warn: (message: string) => void warned.push(message) };
  const once = { retries: { once: { duration: "1ms", maxRetries: 1 } } };
  const resiliency = await compileFor(logger, { policies: once, targets: { apps: { bank: { retry: "once" } } } });
  const policy = resiliency.endpoint("bank", "bank:");
  await expect(policy?.run(fails)).rejects.toThrow("down");
  expect(resiliency.endpoint("bank", "bank:pay")).toBe(policy);
  expect(warned[0]).toBe("the call of bank failed and is tried again: down");
});

test("each method of an app has a circuit breaker of its own", async () => {
  const resiliency = await compile({ policies, targets: { apps: { shop: { circuitBreaker: "simple" } } } });
  for (let call = 1; call <= 2; call++)
    await expect(resiliency.endpoint("shop", "shop:pay")?.run(fails)).rejects.toThrow("down");
  await expect(resiliency.endpoint("shop", "shop:pay")?.run(fails)).rejects.toThrow("circuit breaker is open");
  await expect(resiliency.endpoint("shop", "shop:list")?.run(fails)).rejects.toThrow("down");
});

test("the least used breaker of an app makes room for another one", async () => {
  const app = { circuitBreaker: "simple", circuitBreakerCacheSize: 1 };
  const resiliency = await compile({ policies, targets: { apps: { shop: app } } });
  for (let call = 1; call <= 2; call++)
    await expect(resiliency.endpoint("shop", "shop:pay")?.run(fails)).rejects.toThrow("down");
  resiliency.endpoint("shop", "shop:list");
  await expect(resiliency.endpoint("shop", "shop:pay")?.run(fails)).rejects.toThrow("down");
});

test("the breaker of an actor is its type's or its own, as its scope says", async () => {
  const actor = (scope: string) => ({ circuitBreaker: "simple", circuitBreakerScope: scope });
  const resiliency = await compile({ policies, targets: { actors: { Cart: actor("id"), Shop: actor("type") } } });
  for (const type of ["Cart", "Shop"]) {
    for (let call = 1; call <= 2; call++)
      await expect(resiliency.actorCall(type, "1")?.run(fails)).rejects.toThrow("down");
  }
  await expect(resiliency.actorCall("Cart", "2")?.run(fails)).rejects.toThrow("down");
  await expect(resiliency.actorCall("Cart", "1")?.run(fails)).rejects.toThrow("circuit breaker is open");
  await expect(resiliency.actorCall("Shop", "2")?.run(fails)).rejects.toThrow("circuit breaker is open");
});

test("of an actor, the timeout is for the turn, and all else for the call", async () => {
  const resiliency = await compile({
    policies,
    targets: { actors: { Cart: { timeout: "slow" }, Shop: { retry: "often" } } },
  });
  expect([resiliency.actorTurn("Cart") === undefined, resiliency.actorCall("Cart", "1")]).toEqual([false, undefined]);
  expect([resiliency.actorTurn("Shop"), resiliency.actorCall("Shop", "1")?.hasRetries]).toEqual([undefined, true]);
});

test("a built-in policy that is replaced retries at least three times, and one of them cannot be replaced", async () => {
  const retries = { DaprBuiltInServiceRetries: { maxRetries: 0 }, DaprBuiltInActorNotFoundRetries: { maxRetries: 0 } };
  const targets = {
    apps: { a: { retry: "DaprBuiltInServiceRetries" }, b: { retry: "DaprBuiltInActorNotFoundRetries" } },
  };
  const resiliency = await compile({ policies: { retries }, targets });
  expect([resiliency.endpoint("a", "a:m")?.hasRetries, resiliency.endpoint("b", "b:m")?.hasRetries]).toEqual([
    true,
    true,
  ]);
});

test.each([
  [
    { targets: { apps: { a: { retry: "misspelt" } } } },
    /0\.yaml:1: Resiliency "r0": the policy "misspelt" is not among "spec\.policies\.retries"/,
  ],
  [
    { targets: { components: { a: { outbound: { timeout: "slow" } } } } },
    /the policy "slow" is not among "spec\.policies\.timeouts"\. There are: none/,
  ],
  [{ policies: { circuitBreakers: { b: { trip: "1 +" } } } }, /"1 \+" is no CEL expression/],
  [{ policies: { retries: { r: { matching: { httpStatusCodes: "5xx" } } } } }, /"5xx" is no status/],
  [{ policies: { retries: { r: { matching: { gRPCStatusCodes: "17" } } } } }, /between 0 and 16/],
  [{ policies: { timeouts: { t: "5 seconds" } } }, /"spec\.policies\.timeouts\.t" is wrong: a duration/],
  [
    { policies, targets: { actors: { A: { circuitBreaker: "simple" } } } },
    /"spec\.targets\.actors\.A\.circuitBreakerScope" is wrong/,
  ],
])("%j is refused with file, line and reason", async (spec, message) => {
  await expect(compile(spec)).rejects.toMatchObject({
    code: "CONFIGURATION_INVALID",
    message: expect.stringMatching(message) as unknown,
  });
});

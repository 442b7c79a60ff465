import { MechaError } from "@mecha/spec";
import { describe, expect, expectTypeOf, it } from "vitest";
import { testSidecar } from "../../test/sidecar-fixture.js";
import type { DaprHandlers } from "../dapr-methods.js";
import type { InvokeActorRequest } from "../generated/dapr/proto/runtime/v1/actors.js";
import type { Mecha } from "../mecha.js";
import type { Actor } from "./actor.js";
import type { InvokeActorOptions } from "./actor-calls.js";

async function over(handlers: DaprHandlers): Promise<Mecha> {
  return (await testSidecar(handlers)).connect();
}

/** Takes calls of actors, and answers each with its own data. */
async function echo(): Promise<{ readonly mecha: Mecha; readonly calls: InvokeActorRequest[] }> {
  const calls: InvokeActorRequest[] = [];
  const mecha = await over({
    invokeActor: (request) => {
      calls.push(request);
      return Promise.resolve({ data: request.data });
    },
  });
  return { mecha, calls };
}

interface Cart {
  add(item: { readonly sku: string }): Promise<{ readonly sku: string }>;
  find(sku?: string): string | undefined;
  clear(): void;
  copy(from: string, to: string): void;
  then(): void;
  onReminder(): void;
  readonly size: number;
}

describe("an actor as its callers see it", () => {
  it("has the methods of its type, and calls them with JSON", async () => {
    const { mecha, calls } = await echo();
    const cart = mecha.actor<Cart>("Cart", "42");
    expect(await cart.add({ sku: "a-1" })).toEqual({ sku: "a-1" });
    await cart.clear();
    expect(await cart.find("ä", { metadata: { "X-Tenant": "one" }, reentrancyId: "chain" })).toBe("ä");
    expect(calls.map(({ method, data }) => [method, data.toString()])).toEqual([
      ["add", '{"sku":"a-1"}'],
      ["clear", ""],
      ["find", '"ä"'],
    ]);
    expect(calls[2]).toMatchObject({
      actorType: "Cart",
      actorId: "42",
      metadata: { "content-type": "application/json", "X-Tenant": "one", "Dapr-Reentrancy-Id": "chain" },
    });
  });

  it("types what can be called, and nothing else", () => {
    expectTypeOf<Actor<Cart>["add"]>().toEqualTypeOf<
      (item: { readonly sku: string }, options?: InvokeActorOptions) => Promise<{ readonly sku: string }>
    >();
    expectTypeOf<Actor<Cart>["clear"]>().returns.resolves.toEqualTypeOf<void>();
    expectTypeOf<Actor<Cart>>().not.toHaveProperty("copy");
    expectTypeOf<Actor<Cart>>().not.toHaveProperty("then");
    expectTypeOf<Actor<Cart>>().not.toHaveProperty("onReminder");
    expectTypeOf<Actor<Cart>>().not.toHaveProperty("size");
  });

  it("can be awaited, printed, compared and written as JSON without being called", async () => {
    const { mecha, calls } = await echo();
    const cart = mecha.actor<Cart>("Cart", "42");
    expect(await (cart as unknown as Promise<unknown>)).toBe(cart);
    expect(await Promise.resolve(cart)).toBe(cart);
    expect(String(cart)).toBe('actor "Cart/42"');
    expect(JSON.stringify({ cart })).toBe('{"cart":{}}');
    expect((await import("node:util")).inspect(cart)).toBe("{}");
    const looked = cart as unknown as Record<PropertyKey, unknown>;
    for (const name of ["then", "catch", "finally", "toJSON", Symbol.iterator, Symbol.toPrimitive]) {
      expect(looked[name]).toBeUndefined();
    }
    expect(calls).toEqual([]);
  });

  it("has the same function for the same name", async () => {
    const { mecha } = await echo();
    const cart = mecha.actor<Cart>("Cart", "42");
    expect(cart.add).toBe(cart.add);
  });

  it("calls methods whose names are its own by invoke, and takes bytes and text as replies", async () => {
    const { mecha, calls } = await echo();
    const actor = mecha.actor("Cart", "42");
    expect(await actor.invoke("state", Uint8Array.of(0, 255), { codec: "bytes" })).toEqual(Buffer.of(0, 255));
    expect(await actor.invoke("timers", "x", { codec: "text" })).toBe('"x"');
    expect(calls.map(({ method, metadata }) => [method, metadata["content-type"]])).toEqual([
      ["state", "application/octet-stream"],
      ["timers", "application/json"],
    ]);
  });

  it("cannot be had without type and id", async () => {
    const { mecha } = await echo();
    expect(() => mecha.actor("", "42")).toThrow("The type of an actor is empty");
    expect(() => mecha.actor("Cart", "")).toThrow('The id of an actor of type "Cart" is empty');
    expect(() => mecha.actorType("")).toThrow("The type of actors is empty");
  });

  it("ends a call that takes too long", async () => {
    const mecha = await over({ invokeActor: () => new Promise(() => undefined) });
    const call = mecha.actor<Cart>("Cart", "42").find("a", { timeoutMs: 50 });
    await expect(call).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
  });
});

describe("the failure of a call", () => {
  it.each([
    ["error invoke actor method: error from actor service: no room", "UNKNOWN", 500, "failed: no room"],
    ["error invoke actor method: error from actor service: NOT_FOUND: no room", "NOT_FOUND", 404, "failed: no room"],
    ["error invoke actor method: error from actor service: (500) ABORTED: busy", "ABORTED", 409, "failed: busy"],
    ["error invoke actor method: error from actor service: NOT_A_CODE: hm", "UNKNOWN", 500, "failed: NOT_A_CODE: hm"],
    ["error invoke actor method: actor method not found: act", "NOT_FOUND", 404, 'There is no method "act"'],
    ["did not find address for actor", "INTERNAL", 500, "did not find address for actor"],
  ])("%s is read as %s with status %i", async (message, code, httpStatus, read) => {
    const mecha = await over({ invokeActor: () => Promise.reject(new MechaError("INTERNAL", message)) });
    await expect(mecha.actor("Cart", "42").invoke("act")).rejects.toMatchObject({
      name: "MechaError",
      code,
      httpStatus,
      message: expect.stringContaining(read) as unknown,
    });
  });
});

describe("registrations", () => {
  it("write times in milliseconds as Dapr reads them", async () => {
    const seen: unknown[] = [];
    const take = (request: object): Promise<Record<string, never>> => {
      seen.push(request);
      return Promise.resolve({});
    };
    const mecha = await over({ registerActorReminder: take, registerActorTimer: take });
    const { reminders, timers } = mecha.actor("Cart", "42");
    await reminders.register("pay", {
      dueInMs: 1500,
      periodMs: 2000,
      repetitions: 3,
      ttlMs: 60_000,
      data: { a: 1 },
      overwrite: false,
      failurePolicy: { retryAfterMs: 250, maxRetries: 4 },
    });
    await reminders.register("drop", { failurePolicy: "drop" });
    await timers.register("tick", { callback: "onTick", periodMs: 500 });
    expect(seen).toMatchObject([
      {
        name: "pay",
        dueTime: "1500ms",
        period: "R3/PT2S",
        ttl: "60000ms",
        data: Buffer.from('{"a":1}'),
        overwrite: false,
        failurePolicy: {
          policy: { $case: "constant", value: { interval: { seconds: 0n, nanos: 250_000_000 }, maxRetries: 4 } },
        },
      },
      { name: "drop", dueTime: "", period: "", failurePolicy: { policy: { $case: "drop" } } },
      { name: "tick", callback: "onTick", dueTime: "", period: "500ms" },
    ]);
  });
});

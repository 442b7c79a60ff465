import { trace } from "@opentelemetry/api";
import { describe, expect, it, vi } from "vitest";
import { address, Cart, Gate, host } from "../../test/hosted-actors.js";
import { PlayedDaprd } from "../../test/played-daprd.js";
import { registerTelemetry } from "../../test/telemetry-fixture.js";
import type { ActorContext } from "./actor-definition.js";

describe("an actor of this host", () => {
  it("is called with JSON, and its result comes back", async () => {
    const played = await PlayedDaprd.start();
    await host(played, {
      create: () => ({
        echo: (value: unknown) => ({ value }),
        nothing: () => undefined,
        bytes: (bytes: Uint8Array) => Buffer.from([...bytes].reverse()),
      }),
    });
    const actor = played.mecha.actor("Cart", "42");
    expect(await actor.invoke("echo", { a: ["ä", null] })).toEqual({ value: { a: ["ä", null] } });
    expect(await actor.invoke("echo")).toEqual({});
    expect(await actor.invoke("nothing", 1)).toBeUndefined();
    expect(await actor.invoke("bytes", Uint8Array.of(0, 255), { codec: "bytes" })).toEqual(Buffer.of(255, 0));
  });

  it("has one object for two first calls at once", async () => {
    const played = await PlayedDaprd.start();
    const made: object[] = [];
    const gate = new Gate();
    class Slow extends Cart {
      constructor(actor: ActorContext) {
        super(actor);
        made.push(this);
      }

      onActivate(): Promise<void> {
        return gate.opened;
      }
    }
    await host(played, Slow);
    const calls = Promise.all([1, 2].map((amount) => played.mecha.actor<Cart>("Cart", "42").add(amount)));
    await expect.poll(() => made.length).toBe(1);
    gate.open();
    expect((await calls).sort()).toEqual([1, 3]);
    expect(made).toHaveLength(1);
  });

  it("leaves nothing of an activation that failed: the next call begins anew", async () => {
    const played = await PlayedDaprd.start();
    let made = 0;
    class Late extends Cart {
      async onActivate(): Promise<void> {
        this.actor.state.set("half", true);
        await Promise.resolve();
        if (++made === 1) throw new Error("not yet");
      }
    }
    await host(played, Late);
    const cart = played.mecha.actor<Cart>("Cart", "42");
    await expect(cart.add(1)).rejects.toMatchObject({
      name: "MechaError",
      message: expect.stringContaining("not yet") as unknown,
    });
    expect(played.daprd.transactions).toEqual([]);
    expect(await cart.add(1)).toBe(1);
    expect(made).toBe(2);
  });

  it("handles one call at a time", async () => {
    const played = await PlayedDaprd.start();
    await host(played, Cart);
    const cart = played.mecha.actor<Cart>("Cart", "42");
    const sums = await Promise.all(Array.from({ length: 50 }, () => cart.add(1)));
    expect(sums.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    expect(played.daprd.state.get("Cart/42/sum")?.toString()).toBe("50");
  });

  it("fails with the code and message of what it threw, never as a success", async () => {
    const played = await PlayedDaprd.start();
    const { MechaError } = await import("@mecha/spec");
    await host(played, {
      create: () => ({
        full: () => Promise.reject(new MechaError("RESOURCE_EXHAUSTED", "the cart is full")),
        find: () => Promise.reject(new MechaError("NOT_FOUND", "no such item")),
        broken: () => {
          throw new TypeError("a wheel came off");
        },
      }),
    });
    const cart = played.mecha.actor("Cart", "42");
    await expect(cart.invoke("full")).rejects.toMatchObject({
      code: "RESOURCE_EXHAUSTED",
      message: 'Method "full" of actor "Cart/42" failed: the cart is full',
      operation: "actors.invoke",
      component: "Cart",
    });
    await expect(cart.invoke("find")).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: 'Method "find" of actor "Cart/42" failed: no such item',
    });
    await expect(cart.invoke("broken")).rejects.toMatchObject({
      code: "UNKNOWN",
      message: 'Method "broken" of actor "Cart/42" failed: a wheel came off',
    });
  });

  it.each(["missing", "onActivate", "onReminder", "constructor", "toString", "hidden", "notAMethod", "__proto__"])(
    "cannot be called by the name %s",
    async (method) => {
      const played = await PlayedDaprd.start();
      const activated = vi.fn();
      const object = { onActivate: activated, onReminder: vi.fn(), hidden: vi.fn(), open: () => 1, notAMethod: 1 };
      await host(played, { create: () => object }, { methods: ["open", "onActivate", "notAMethod"] });
      const cart = played.mecha.actor("Cart", "42");
      expect(await cart.invoke("open")).toBe(1);
      await expect(cart.invoke(method)).rejects.toMatchObject({
        code: "NOT_FOUND",
        message: `There is no method "${method}" of actor "Cart/42"`,
      });
      expect(activated).toHaveBeenCalledTimes(1);
    },
  );

  it("says which data it could not read", async () => {
    const played = await PlayedDaprd.start();
    await host(played, Cart);
    const metadata = { "content-type": "application/json" };
    const call = played.mecha.actor("Cart", "42").invoke("add", Buffer.from("{"), { metadata });
    await expect(call).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });
});

it("continues the trace of its caller in its turn, and begins one for timers", async () => {
  const played = await PlayedDaprd.start();
  await host(played, Cart);
  const telemetry = registerTelemetry();
  await trace.getTracer("test").startActiveSpan("caller", async (span) => {
    await played.mecha.actor<Cart>("Cart", "42").add(1);
    span.end();
  });
  await played.daprd.send({
    $case: "timerRequest",
    value: { ...address, name: "t", dueTime: "", period: "", callback: "add" },
  });
  const [caller] = telemetry.spans().filter(({ name }) => name === "caller");
  expect(telemetry.spans().filter(({ name }) => name.startsWith("actors.handle"))).toMatchObject([
    { name: "actors.handle add", parentSpanContext: { spanId: caller?.spanContext().spanId } },
    {
      name: "actors.handle timer",
      parentSpanContext: undefined,
      attributes: { "mecha.component": "Cart", "mecha.actor.timer": "t" },
    },
  ]);
});

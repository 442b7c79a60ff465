import { once } from "node:events";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { trace } from "@opentelemetry/api";
import { PlayedDaprd } from "../../test/played-daprd.js";
import { registerTelemetry } from "../../test/telemetry-fixture.js";
import type { Mecha } from "../mecha.js";
import type { ActorClass, ActorContext, ActorFactory, ActorOptions } from "./actor-definition.js";
import { ActorRuntime } from "./actor-runtime.js";
import { openActorStream } from "./actor-stream.js";

/** What a test waits for, and lets go on. */
class Gate {
  open: () => void = () => undefined;
  readonly opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });
}

async function host(
  { mecha }: { readonly mecha: Mecha },
  definition: ActorClass | ActorFactory,
  options: Partial<ActorOptions> = {},
): Promise<{ readonly actors: ActorRuntime; readonly close: () => Promise<void>; readonly errors: string[] }> {
  const errors: string[] = [];
  const actors = new ActorRuntime(mecha.transport, ({ message }) => errors.push(message));
  actors.add(definition, { type: "Cart", ...options });
  const stream = openActorStream(mecha.transport, actors, {
    onError: ({ code }) => errors.push(code),
  });
  const close = (): Promise<void> => stream.close();
  await stream.ready;
  onTestFinished(close);
  return { actors, close, errors };
}

class Cart {
  constructor(protected readonly actor: ActorContext) {}

  async add(amount: number): Promise<number> {
    const sum = ((await this.actor.state.get<number>("sum")) ?? 0) + amount;
    this.actor.state.set("sum", sum);
    return sum;
  }
}

const address = { actorType: "Cart", actorId: "42" };

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

describe("the state of an actor", () => {
  const acting = async (
    act: (context: ActorContext) => Promise<unknown>,
  ): Promise<{ readonly daprd: PlayedDaprd; readonly run: () => Promise<unknown> }> => {
    const played = await PlayedDaprd.start();
    await host(played, { create: (context) => ({ act: () => act(context) }) });
    return { daprd: played.daprd, run: () => played.mecha.actor("Cart", "42").invoke("act") };
  };

  it("is saved as JSON in one transaction when the turn is over", async () => {
    const { daprd, run } = await acting(async ({ state }) => {
      const value = { items: [1] };
      state.set("a", value, { ttlSeconds: 5 });
      value.items.push(2);
      state.set("b", "text");
      state.remove("c");
      await Promise.resolve();
      return daprdSoFar();
    });
    const daprdSoFar = (): number => daprd.transactions.length;
    daprd.state.set("Cart/42/c", Buffer.from("1"));
    expect(await run()).toBe(0);
    expect(daprd.transactions).toEqual([["upsert a", "upsert b", "delete c"]]);
    expect([...daprd.state].map(([key, bytes]) => [key, bytes.toString()])).toEqual([
      ["Cart/42/a", '{"items":[1]}'],
      ["Cart/42/b", '"text"'],
    ]);
  });

  it("is as the turn has made it, before it is saved", async () => {
    const { daprd, run } = await acting(async ({ state }) => {
      const seen = [await state.get("a"), await state.contains("b")];
      state.remove("a");
      state.set("b", null);
      return [...seen, await state.contains("a"), await state.get("b"), await state.contains("b")];
    });
    daprd.state.set("Cart/42/a", Buffer.from("1"));
    expect(await run()).toEqual([1, false, false, null, true]);
  });

  it("is not changed by a turn that fails, but for what was saved in it", async () => {
    const { daprd, run } = await acting(async ({ state }) => {
      state.set("kept", 1);
      await state.save();
      state.set("lost", 2);
      state.set("kept", 3);
      throw new Error("no");
    });
    await expect(run()).rejects.toThrow("failed: no");
    expect(daprd.transactions).toEqual([["upsert kept"]]);
    expect(daprd.state.get("Cart/42/kept")?.toString()).toBe("1");
  });

  it("fails the call when it cannot be saved", async () => {
    const { daprd, run } = await acting(({ state }) => {
      state.set("a", 1);
      return Promise.resolve("done");
    });
    daprd.beforeTransaction = () => {
      throw new Error("the disk is full");
    };
    await expect(run()).rejects.toThrow("the disk is full");
  });

  it("cannot be used after the turn, by work that was not awaited", async () => {
    const late = new Gate();
    let outcome: Promise<unknown> = Promise.resolve();
    const { run } = await acting(({ state }) => {
      outcome = late.opened.then(() => {
        state.set("late", 1);
      });
      return Promise.resolve("done");
    });
    expect(await run()).toBe("done");
    late.open();
    await expect(outcome).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
  });

  it("cannot be used outside of turns", async () => {
    const played = await PlayedDaprd.start();
    let context: ActorContext | undefined;
    const create = (given: ActorContext): object => {
      context = given;
      return { open: () => 1 };
    };
    await host(played, { create });
    await played.mecha.actor("Cart", "42").invoke("open");
    await expect(context?.state.get("a")).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
  });

  it("takes no value that is no JSON and no lifetime that is no second", async () => {
    const { daprd, run } = await acting(({ state }) => {
      const refused = [
        () => {
          state.set("a", undefined);
        },
        () => {
          state.set("a", 1n);
        },
        () => {
          state.set("a", 1, { ttlSeconds: 0.5 });
        },
      ].map((set) => {
        try {
          set();
          return "taken";
        } catch {
          return "refused";
        }
      });
      return Promise.resolve(refused);
    });
    expect(await run()).toEqual(["refused", "refused", "refused"]);
    expect(daprd.transactions).toEqual([]);
  });
});

describe("a reentrant actor", () => {
  /** Calls itself as deep as it is told, and fails at the bottom if it is told. */
  const nesting = (mecha: Mecha) => ({
    create: ({ state }: ActorContext) => ({
      async nest({ depth, failAt }: { depth: number; failAt?: number }): Promise<string> {
        state.set(`level ${String(depth)}`, depth);
        const inner = { depth: depth - 1, ...(failAt !== undefined && { failAt }) };
        const below =
          depth === 0
            ? ""
            : await mecha
                .actor("Cart", "42")
                .invoke<string>("nest", inner)
                .catch(() => "x");
        if (failAt === depth) throw new Error("told to");
        return `${String(depth)}${below}`;
      },
    }),
  });
  const start = { metadata: { "Dapr-Reentrancy-Id": "chain-1" } };

  it("can be called back by the call that it is waiting for, and saves all in one transaction", async () => {
    const played = await PlayedDaprd.start();
    await host(played, nesting(played.mecha), { reentrancy: true });
    expect(await played.mecha.actor("Cart", "42").invoke("nest", { depth: 2 }, start)).toBe("210");
    expect(played.daprd.transactions).toEqual([["upsert level 2", "upsert level 1", "upsert level 0"]]);
  });

  it("takes back the changes of the call that failed, and of no other", async () => {
    const played = await PlayedDaprd.start();
    await host(played, nesting(played.mecha), { reentrancy: true });
    expect(await played.mecha.actor("Cart", "42").invoke("nest", { depth: 2, failAt: 1 }, start)).toBe("2x");
    expect(played.daprd.transactions).toEqual([["upsert level 2", "upsert level 0"]]);
  });

  it("is not called back deeper than allowed", async () => {
    const played = await PlayedDaprd.start();
    await host(played, nesting(played.mecha), { reentrancy: { maxDepth: 2 } });
    expect(await played.mecha.actor("Cart", "42").invoke("nest", { depth: 5 }, start)).toBe("54x");
  });

  it("waits for itself where the type is not reentrant", async () => {
    const played = await PlayedDaprd.start();
    let outcome: Promise<unknown> = Promise.resolve();
    await host(played, {
      create: () => ({
        async outer(): Promise<void> {
          outcome = played.mecha.actor("Cart", "42").invoke("inner", undefined, { timeoutMs: 100 });
          await outcome.catch(() => undefined);
        },
        inner: () => "in",
      }),
    });
    await played.mecha.actor("Cart", "42").invoke("outer", undefined, start);
    await expect(outcome).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
  });
});

describe("timers and reminders", () => {
  const bytesValue = (json: string): { typeUrl: string; value: Buffer } => ({
    typeUrl: "type.googleapis.com/google.protobuf.BytesValue",
    value: Buffer.concat([Buffer.of(0x0a, Buffer.byteLength(json)), Buffer.from(json)]),
  });
  const base64 = (value: unknown): string => JSON.stringify(Buffer.from(JSON.stringify(value)).toString("base64"));
  const due = { ...address, name: "n", dueTime: "", period: "1s" };

  it("come with their payload, in turns, and can be ended", async () => {
    const played = await PlayedDaprd.start();
    const seen: unknown[] = [];
    await host(played, {
      create: ({ state }) => ({
        tick: (data: unknown) => {
          seen.push(data);
          state.set("ticked", true);
        },
        onReminder: ({ name, data }: { name: string; data: unknown }) => {
          seen.push([name, data]);
          return data === "last" ? "cancel" : undefined;
        },
      }),
    });
    const timer = { ...due, callback: "tick", data: bytesValue(base64([1, 2])) };
    expect(await played.daprd.send({ $case: "timerRequest", value: timer })).toMatchObject({
      $case: "timerResponse",
      value: { cancel: false },
    });
    expect(played.daprd.transactions).toEqual([["upsert ticked"]]);
    for (const payload of ["first", "last"]) {
      const reminder = { ...due, data: bytesValue(base64(payload)) };
      expect(await played.daprd.send({ $case: "reminderRequest", value: reminder })).toMatchObject({
        $case: "reminderResponse",
        value: { cancel: payload === "last" },
      });
    }
    expect(seen).toEqual([
      [1, 2],
      ["n", "first"],
      ["n", "last"],
    ]);
    expect(played.daprd.unregistered).toEqual(["n"]);
  });

  it("are not lost where the actor fails, or has nothing for them, and the host hears of it", async () => {
    const played = await PlayedDaprd.start();
    const { errors, close } = await host(played, {
      create: () => ({
        tick: () => Promise.reject(new Error("no")),
        onDeactivate: () => Promise.reject(new Error("never")),
      }),
    });
    const failed = await played.daprd.send({ $case: "timerRequest", value: { ...due, callback: "tick" } });
    expect(failed).toMatchObject({ $case: "requestFailed", value: { code: 2, message: "no" } });
    const missing = await played.daprd.send({ $case: "reminderRequest", value: due });
    expect(missing).toMatchObject({ $case: "requestFailed", value: { code: 5 } });
    await close();
    expect(errors).toEqual([
      'Timer "n" of actor "Cart/42" failed: no',
      'Reminder "n" of actor "Cart/42" failed: Actor "Cart/42" has no method "onReminder"',
      'onDeactivate() of actor "Cart/42" failed: never',
    ]);
  });
});

describe("the end of an actor", () => {
  it("comes after the turn under way, and the next call begins with a new object", async () => {
    const played = await PlayedDaprd.start();
    const log: string[] = [];
    let made = 0;
    await host(played, {
      create: ({ signal }) => {
        const name = String(++made);
        return {
          async work() {
            log.push(`${name} works`);
            if (name === "1") await once(signal, "abort");
            log.push(`${name} done, ${signal.aborted ? "ended" : "active"}`);
          },
          onDeactivate: () => log.push(`${name} gone`),
        };
      },
    });
    const first = played.mecha.actor("Cart", "42").invoke("work");
    await expect.poll(() => log.length).toBe(1);
    const deactivated = played.daprd.send({ $case: "deactivateRequest", value: address });
    const second = played.mecha.actor("Cart", "42").invoke("work");
    expect((await deactivated).$case).toBe("deactivateResponse");
    await Promise.all([first, second]);
    expect(log).toEqual(["1 works", "1 done, ended", "1 gone", "2 works", "2 done, active"]);
  });

  it("cannot change state, and is nothing for an actor that is not active", async () => {
    const played = await PlayedDaprd.start();
    let refused: unknown;
    await host(played, {
      create: ({ state }) => ({
        open: () => 1,
        onDeactivate: () => {
          try {
            state.set("a", 1);
          } catch (error) {
            refused = error;
          }
        },
      }),
    });
    expect((await played.daprd.send({ $case: "deactivateRequest", value: address })).$case).toBe("deactivateResponse");
    await played.mecha.actor("Cart", "42").invoke("open");
    await played.daprd.send({ $case: "deactivateRequest", value: address });
    expect(refused).toMatchObject({ code: "FAILED_PRECONDITION" });
  });

  it("does not save the changes of a turn in the middle of which it came", async () => {
    const played = await PlayedDaprd.start();
    const begun = new Gate();
    await host(played, {
      create: ({ state, signal }) => ({
        async work() {
          state.set("a", 1);
          begun.open();
          await once(signal, "abort");
        },
      }),
    });
    const work = played.mecha.actor("Cart", "42").invoke("work");
    await begun.opened;
    await played.daprd.send({ $case: "deactivateRequest", value: address });
    await expect(work).rejects.toMatchObject({ code: "ABORTED" });
    expect(played.daprd.transactions).toEqual([]);
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

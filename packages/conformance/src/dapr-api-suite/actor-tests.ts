import type { ActorContext, ActorFactory, ActorOptions, ActorReminder, Mecha } from "@mecha/sdk-core";
import { type actors, daprMethods } from "@mecha/sdk-core/protocol";
import { eventually } from "../eventually.js";
import { failureOf, uniqueName, type DaprApiFixture } from "./fixture.js";

/** Hosts actors of a type of its own while a test runs. */
async function hosting(
  mecha: Mecha,
  definition: ActorFactory,
  test: (type: string) => Promise<void>,
  options: Omit<ActorOptions, "type"> = {},
): Promise<void> {
  const type = uniqueName("Actor");
  const host = mecha.host().actor(definition, { ...options, type });
  await host.start();
  try {
    await test(type);
  } finally {
    await host.close();
  }
}

const counter: ActorFactory = {
  create({ state }: ActorContext) {
    const add = async (amount: number): Promise<number> => {
      const sum = ((await state.get<number>("sum")) ?? 0) + amount;
      state.set("sum", sum);
      return sum;
    };
    const addAndFail = async (amount: number): Promise<void> => {
      await add(amount);
      throw new Error("not today");
    };
    return { add, addAndFail, touch: () => "touched" };
  },
};

/** Reports reminders by name and payload, and timers by their payload. */
function listener(heard: string[]): ActorFactory {
  return {
    create: () => ({
      touch: () => "touched",
      onTick: (data: unknown) => heard.push(`timer ${JSON.stringify(data)}`),
      onReminder: ({ name, data }: ActorReminder) => {
        heard.push(`reminder ${name} ${JSON.stringify(data)}`);
      },
    }),
  };
}

/** Actors, called and hosted by the same app over its runtime. */
export function actorTests({ test: { expect }, service }: DaprApiFixture): void {
  service("actors", (it) => {
    it("calls a method of an actor and gives back its result", ({ mecha }) =>
      hosting(mecha, counter, async (type) => {
        const actor = mecha.actor(type, "1");
        expect([await actor.invoke("add", 2), await actor.invoke("add", 3)]).toEqual([2, 5]);
        expect(await mecha.actor(type, "2").invoke("add", 1)).toBe(1);
      }));

    it("carries bytes both ways as they are", ({ mecha }) => {
      const reverse = { create: () => ({ reverse: (bytes: Uint8Array) => Uint8Array.from([...bytes].reverse()) }) };
      return hosting(mecha, reverse, async (type) => {
        const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
        const reply = await mecha.actor(type, "1").invoke<Uint8Array>("reverse", all, { codec: "bytes" });
        expect([...reply]).toEqual([...all].reverse());
      });
    });

    it("hands an actor one call at a time", ({ mecha }) =>
      hosting(mecha, counter, async (type) => {
        const sums = await Promise.all(
          Array.from({ length: 20 }, () => mecha.actor(type, "1").invoke<number>("add", 1)),
        );
        expect(sums.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
      }));

    it("fails a call whose method failed, and keeps the state as it was", ({ mecha }) =>
      hosting(mecha, counter, async (type) => {
        const actor = mecha.actor(type, "1");
        await actor.invoke("add", 1);
        const failure = await failureOf(actor.invoke("addAndFail", 5));
        expect(failure.message).toContain("failed: not today");
        expect(await actor.state.get("sum")).toMatchObject({ value: 1 });
      }));

    it("refuses methods, types and ids that are not there or cannot be", ({ mecha, transport }) =>
      hosting(mecha, counter, async (type) => {
        expect((await failureOf(mecha.actor(type, "1").invoke("subtract"))).code).toBe("NOT_FOUND");
        const request = { actorType: "dapr.internal.default.app.workflow", actorId: "1", key: "k" };
        expect((await failureOf(transport.unary(daprMethods.getActorState, request))).grpcStatus).toBe(7);
        expect((await failureOf(mecha.actor(type, "a/b").invoke("touch"))).grpcStatus).toBe(3);
      }));

    it("keeps state of any JSON value, changed all at once by a transaction", ({ mecha }) =>
      hosting(mecha, counter, async (type) => {
        const actor = mecha.actor(type, "1");
        expect(await actor.state.get("a")).toBeUndefined();
        await actor.invoke("touch");
        await actor.state.transaction([
          { operation: "set", key: "a", value: { deep: [1, null, "ä"] } },
          { operation: "set", key: "b", value: "text" },
        ]);
        expect((await actor.state.get("a"))?.value).toEqual({ deep: [1, null, "ä"] });
        await actor.state.transaction([
          { operation: "remove", key: "a" },
          { operation: "set", key: "b", value: 0 },
        ]);
        expect(await actor.state.get("a")).toBeUndefined();
        expect((await actor.state.get("b"))?.value).toBe(0);
      }));

    it("takes changes of state for actors that are active, and only operations that it knows", ({ mecha, transport }) =>
      hosting(mecha, counter, async (type) => {
        const change = { operation: "set", key: "a", value: 1 } as const;
        const failure = await failureOf(mecha.actor(type, "sleeping").state.transaction([change]));
        expect([failure.grpcStatus, failure.message]).toEqual([
          13,
          expect.stringContaining("actor instance is missing"),
        ]);
        await mecha.actor(type, "1").invoke("touch");
        const operations = [{ operationType: "increment", key: "a", metadata: {} }];
        const unknown = transport.unary(daprMethods.executeActorStateTransaction, {
          actorType: type,
          actorId: "1",
          operations,
        });
        expect((await failureOf(unknown)).grpcStatus).toBe(12);
      }));

    it("lets a timer fire with its payload, until it is unregistered", ({ mecha }) => {
      const heard: string[] = [];
      return hosting(mecha, listener(heard), async (type) => {
        const { timers, invoke } = mecha.actor(type, "1");
        await invoke("touch");
        await timers.register("tick", { callback: "onTick", dueInMs: 10, periodMs: 100, data: { n: 1 } });
        await eventually(
          "the timer fires twice",
          async () => heard.filter((line) => line === 'timer {"n":1}').length > 1,
        );
        await timers.unregister("tick");
        await timers.register("last", { callback: "onTick", dueInMs: 10 });
        await eventually("the timer without payload fires", async () => heard.includes("timer undefined"));
        const before = heard.length;
        await timers.register("again", { callback: "onTick", dueInMs: 400, data: "later" });
        await eventually("the timer that takes longer fires", async () => heard.includes('timer "later"'));
        // One of the first timer may have been under way.
        expect(heard.length - before).toBeLessThanOrEqual(2);
      });
    });

    it("reminds an actor with its payload, until the reminder is unregistered", ({ mecha }) => {
      const heard: string[] = [];
      return hosting(mecha, listener(heard), async (type) => {
        const { reminders } = mecha.actor(type, "1");
        await reminders.register("wake", { dueInMs: 10, periodMs: 1000, data: { n: [1] } });
        await eventually("the reminder comes", async () => heard.includes('reminder wake {"n":[1]}'));
        expect(await reminders.get("wake")).toMatchObject({
          actorType: type,
          actorId: "1",
          name: "wake",
          periodMs: 1000,
          data: { n: [1] },
        });
        await reminders.unregister("wake");
        expect(await reminders.get("wake")).toBeUndefined();
      });
    });

    it("lists and unregisters the reminders of an actor, and of a type", ({ mecha }) =>
      hosting(mecha, listener([]), async (type) => {
        const [first, second] = [mecha.actor(type, "1"), mecha.actor(type, "2")];
        const ofType = mecha.actorType(type);
        const later = { dueInMs: 60_000, periodMs: 60_000 };
        for (const { reminders } of [first, second]) {
          for (const name of ["a", "b"]) await reminders.register(name, { ...later, data: name });
        }
        const found = await first.reminders.list();
        expect(found.map(({ actorId, name, data, periodMs }) => [actorId, name, data, periodMs]).sort()).toEqual([
          ["1", "a", "a", 60_000],
          ["1", "b", "b", 60_000],
        ]);
        expect(await ofType.reminders.list()).toHaveLength(4);
        await first.reminders.unregisterAll();
        expect(await first.reminders.list()).toEqual([]);
        expect(await ofType.reminders.list()).toHaveLength(2);
        await ofType.reminders.unregisterAll();
        expect(await ofType.reminders.list()).toEqual([]);
      }));

    it("overwrites a reminder of the same name, unless it is told not to", ({ mecha }) =>
      hosting(mecha, listener([]), async (type) => {
        const { reminders } = mecha.actor(type, "1");
        await reminders.register("r", { dueInMs: 60_000, data: 1 });
        await reminders.register("r", { dueInMs: 60_000, data: 2 });
        const failure = await failureOf(reminders.register("r", { dueInMs: 60_000, data: 3, overwrite: false }));
        expect(failure.grpcStatus).toBe(6);
        expect((await reminders.get("r"))?.data).toBe(2);
        await reminders.unregister("r");
      }));

    it("refuses reminders of types that the app does not host, and names that cannot be", ({ mecha }) =>
      hosting(mecha, listener([]), async (type) => {
        const { reminders } = mecha.actor(uniqueName("Elsewhere"), "1");
        const failures = [
          reminders.register("r", { dueInMs: 1 }),
          reminders.get("r"),
          reminders.list(),
          reminders.unregister("r"),
          reminders.unregisterAll(),
        ].map(failureOf);
        for (const { grpcStatus } of await Promise.all(failures)) expect(grpcStatus).toBe(7);
        const own = mecha.actor(type, "1");
        expect((await failureOf(own.reminders.register("", { dueInMs: 1 }))).grpcStatus).toBe(3);
        expect((await failureOf(own.timers.register("a/b", { callback: "onTick" }))).grpcStatus).toBe(3);
      }));

    it("takes a registration first on the stream of actor events, and says that it is taken", async ({ transport }) => {
      const stream = async (requestType: actors.SubscribeActorEventsRequestAlpha1["requestType"]): Promise<unknown> => {
        const requests = async function* () {
          yield { requestType };
          // The runtime may end the stream when the app has ended its side.
          await new Promise(() => undefined);
        };
        const hangUp = new AbortController();
        const responses = transport.stream(daprMethods.subscribeActorEventsAlpha1, requests(), {
          signal: hangUp.signal,
        });
        try {
          for await (const { responseType } of responses) return responseType?.$case;
          return "nothing";
        } finally {
          hangUp.abort();
        }
      };
      expect(
        await stream({ $case: "initialRequest", value: { entities: [uniqueName("Streamed")], entitiesConfig: [] } }),
      ).toBe("initialResponse");
      const early = failureOf(stream({ $case: "deactivateResponse", value: { id: "1" } }));
      expect((await early).grpcStatus).toBe(3);
    });
  });
}

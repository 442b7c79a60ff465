import type { ActorChannel, actors } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { beforeEach, describe, expect, it } from "vitest";
import { manualClock, type ManualClock } from "../../test/manual-clock.js";
import { createLogger } from "../logger.js";
import { ActorTable } from "./actor-table.js";
import { ActorTimers } from "./actor-timers.js";
import { backgroundContext } from "./background-context.js";

const address = { actorType: "Cart", actorId: "1" };
const logger = createLogger("test", { sink: () => undefined });

/** A host that writes down what it is called for. */
function recorder(said: string[], config: Partial<actors.SubscribeActorEventsRequestInitialAlpha1> = {}): ActorChannel {
  return {
    types: ["Cart"],
    config: { entities: ["Cart"], entitiesConfig: [], ...config },
    invoke: async ({ method }) => {
      said.push(method);
      return { data: Buffer.alloc(0), metadata: {} };
    },
    timer: async ({ name, callback, data }) => {
      said.push(`timer ${name} ${callback} ${Buffer.from(data).toString()}`);
      if (name === "wrong") throw new MechaError("UNKNOWN", "not today");
      return { cancel: name === "once" };
    },
    reminder: async () => ({}),
    deactivate: async ({ actorId }) => {
      said.push(`deactivate ${actorId}`);
    },
  };
}

describe("the actors of an app", () => {
  let clock: ManualClock;
  let said: string[];
  let table: ActorTable;
  let timers: ActorTimers;

  beforeEach(() => {
    clock = manualClock();
    said = [];
    table = new ActorTable({ clock, logger, onEnded: (ended) => timers.drop(ended), onTypes: () => undefined });
    timers = new ActorTimers({ table, clock, logger });
  });

  const call = (method: string, host = "", id = "1"): Promise<unknown> =>
    table.turn({ actorType: "Cart", actorId: id }, {}, (channel) =>
      channel.invoke(
        { ...address, actorId: id, method: host + method, data: Buffer.alloc(0), metadata: {} },
        backgroundContext,
      ),
    );
  const seconds = (value: number) => ({ seconds: BigInt(value), nanos: 0 });
  const timer = (name: string, more: Partial<actors.RegisterActorTimerRequest> = {}) =>
    timers.register(
      { ...address, name, callback: "tick", dueTime: "", period: "", data: Buffer.alloc(0), ttl: "", ...more },
      backgroundContext,
    );

  it("refuses to host types that are the runtime's own", () => {
    const types = ["Cart", "dapr.internal.default.shop.workflow"];
    expect(() => table.host({ ...recorder(said), types })).toThrow(/reserved for the Dapr workflow runtime/);
    expect(table.types.names).toEqual([]);
  });

  it("are deactivated when nobody has called them for their time, which each call begins anew", async () => {
    table.host(recorder(said, { actorIdleTimeout: seconds(60) }));
    await call("add");
    await clock.advance(50_000);
    await call("add");
    await clock.advance(50_000);
    expect(said).toEqual(["add", "add"]);
    await clock.advance(10_000);
    expect(said).toEqual(["add", "add", "deactivate 1"]);
    expect(table.has(address)).toBe(false);
  });

  it("are told of only if their deactivation fails in an app that is there", async () => {
    const lines: string[] = [];
    const heard = createLogger("test", { level: "warn", sink: (line) => lines.push(line) });
    for (const code of ["UNAVAILABLE", "UNKNOWN"] as const) {
      table = new ActorTable({ clock, logger: heard, onEnded: () => undefined, onTypes: () => undefined });
      table.host({ ...recorder(said), deactivate: () => Promise.reject(new MechaError(code, `thrown with ${code}`)) });
      await call("add");
      await table.close(60_000);
    }
    expect(lines).toEqual([expect.stringContaining("thrown with UNKNOWN")]);
  });

  it("are not deactivated in the middle of a turn", async () => {
    table.host(recorder(said, { actorIdleTimeout: seconds(60) }));
    let finish = (): void => undefined;
    const turn = table.turn(address, {}, () => new Promise<void>((resolve) => (finish = resolve)));
    await clock.advance(100_000);
    expect(said).toEqual([]);
    finish();
    await turn;
    await clock.advance(60_000);
    expect(said).toEqual(["deactivate 1"]);
  });

  it("begin a new life only when the old one is over", async () => {
    let finish = (): void => undefined;
    const host = recorder(said, { actorIdleTimeout: seconds(60) });
    table.host({
      ...host,
      deactivate: async () => {
        said.push("deactivating");
        await new Promise<void>((resolve) => (finish = resolve));
        said.push("deactivated");
      },
    });
    await call("before");
    await clock.advance(60_000);
    const after = call("after");
    await clock.advance(0);
    expect(said).toEqual(["before", "deactivating"]);
    finish();
    await after;
    expect(said).toEqual(["before", "deactivating", "deactivated", "after"]);
  });

  it("go to the hosts of their type in turn, and move when theirs leaves", async () => {
    const others: string[] = [];
    table.host(recorder(said));
    const leave = table.host(recorder(others));
    for (const id of ["1", "2", "1", "2"]) await call(`to ${id}`, "", id);
    expect([said.length, others.length]).toEqual([2, 2]);
    leave();
    for (const id of ["1", "2"]) await call(`to ${id}`, "", id);
    expect(said).toHaveLength(4);
    expect(table.counts()).toEqual(new Map([["Cart", 2]]));
  });

  it("are not there for a type that nobody hosts, or no more", async () => {
    await expect(call("add")).rejects.toMatchObject({ code: "FAILED_PRECONDITION", reason: "ERR_ACTOR_NO_ADDRESS" });
    table.host(recorder(said));
    await call("add");
    await table.close(1_000);
    expect(said).toEqual(["add", "deactivate 1"]);
    await expect(call("add")).rejects.toMatchObject({ code: "UNAVAILABLE", reason: "ERR_ACTOR_RUNTIME_CLOSED" });
  });

  it("get their timers by due time, period, repetitions and expiry, with the payload", async () => {
    table.host(recorder(said));
    await timer("due", { dueTime: "10s", data: Buffer.from("1") });
    await timer("twice", { dueTime: "11s", period: "R2/PT2S" });
    await timer("expires", { dueTime: "12s", period: "4s", ttl: "5s" });
    await clock.advance(60_000);
    expect(said).toEqual([
      'timer due tick "MQ=="',
      "timer twice tick ",
      "timer expires tick ",
      "timer twice tick ",
      "timer expires tick ",
    ]);
  });

  it("get a timer on after it failed, and no more after it asked for that, was replaced or unregistered", async () => {
    table.host(recorder(said));
    for (const name of ["wrong", "once", "replaced", "gone"]) await timer(name, { dueTime: "1s", period: "10s" });
    await timer("replaced", { dueTime: "5s" });
    await timers.unregister({ ...address, name: "gone" }, backgroundContext);
    await clock.advance(12_000);
    expect(said.map((line) => line.split(" ")[1])).toEqual(["wrong", "once", "replaced", "wrong"]);
  });

  it("lose their timers with their activation", async () => {
    table.host(recorder(said, { actorIdleTimeout: seconds(60) }));
    await call("add");
    await timer("slow", { period: "10m", dueTime: "10m" });
    await clock.advance(1_200_000);
    expect(said).toEqual(["add", "deactivate 1"]);
  });

  it("have no timers that cannot be", async () => {
    const wrong = { code: "INTERNAL", reason: "ERR_ACTOR_TIMER_CREATE" };
    await expect(timer("early")).rejects.toMatchObject({
      ...wrong,
      message: expect.stringContaining("not registered"),
    });
    table.host(recorder(said));
    for (const times of [{ dueTime: "soon" }, { period: "R0/PT1S" }, { period: "often" }, { ttl: "x" }, { ttl: "-1s" }])
      await expect(timer("t", times), JSON.stringify(times)).rejects.toMatchObject(wrong);
  });
});

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { freePortFamily, startDaprd } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import { MechaError } from "@mecha/spec";
import { expect, it, onTestFinished } from "vitest";
import type { ActorContext, ActorReminder } from "../src/actors/actor-definition.js";
import type { Mecha } from "../src/mecha.js";
import { actorFolder, actorSidecar, hostOn, mechaOn, uniqueType } from "./actor-cluster.js";

class Counter {
  constructor(private readonly actor: ActorContext) {}

  async add(amount: number): Promise<number> {
    const sum = ((await this.actor.state.get<number>("sum")) ?? 0) + amount;
    this.actor.state.set("sum", sum);
    return sum;
  }

  async addAndFail(amount: number): Promise<void> {
    await this.add(amount);
    throw new MechaError("FAILED_PRECONDITION", "not today");
  }

  keep({ value, ttlSeconds }: { value: unknown; ttlSeconds?: number }): void {
    this.actor.state.set("kept", value, ttlSeconds === undefined ? {} : { ttlSeconds });
  }
}

/** An actor that reports what comes to it. */
function listener(heard: unknown[]): { create: (context: ActorContext) => object } {
  return {
    create: ({ id, timers, reminders }) => ({
      async start(): Promise<void> {
        await timers.register("tick", { callback: "onTick", dueInMs: 50, periodMs: 200, data: { from: "timer" } });
        await reminders.register("wake", { dueInMs: 100, periodMs: 1000, data: ["from", "reminder"] });
      },
      stopTimer: () => timers.unregister("tick"),
      onTick: (data: unknown) => heard.push([id, data]),
      onReminder: ({ name, data }: ActorReminder) => {
        heard.push([id, name, data]);
      },
    }),
  };
}

const who = (name: string): { create: () => object } => ({ create: () => ({ who: () => name }) });

const ids = Array.from({ length: 24 }, (_, index) => String(index));

/** Who answers for each id. A call that reaches a sidecar whose app has just gone hangs there: daprd waits for another app. */
async function hostsOf(mecha: Mecha, type: string): Promise<unknown[]> {
  return Promise.all(ids.map((id) => mecha.actor(type, id).invoke("who", undefined, { timeoutMs: 3_000 })));
}

describeWith(["daprd", "placement", "scheduler"], "actors on daprd", (on) => {
  const open = async () => {
    const sidecar = await actorSidecar(on, await actorFolder(), { appId: "actors" });
    return { sidecar, mecha: mechaOn(sidecar) };
  };

  it("take turns under 50 calls at once, and keep their state as real JSON", async () => {
    const { sidecar, mecha } = await open();
    const type = uniqueType("Counter");
    await hostOn(mecha, Counter, { type });
    const counter = mecha.actor<Counter>(type, "1");
    const sums = await Promise.all(Array.from({ length: 50 }, () => counter.add(1)));
    expect(sums.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    await counter.keep({ value: { deep: [1, { ä: null }] } });
    const state = await fetch(`${sidecar.httpAddress}/v1.0/actors/${type}/1/state/kept`);
    expect(await state.text()).toBe('{"deep":[1,{"ä":null}]}');
  });

  it("fail their caller with code and message, and change nothing", async () => {
    const { mecha } = await open();
    const type = uniqueType("Counter");
    await hostOn(mecha, Counter, { type });
    const counter = mecha.actor<Counter>(type, "1");
    await counter.add(1);
    await expect(counter.addAndFail(5)).rejects.toMatchObject({
      name: "MechaError",
      code: "FAILED_PRECONDITION",
      message: `Method "addAndFail" of actor "${type}/1" failed: not today`,
    });
    expect(await counter.add(1)).toBe(2);
    await expect(counter.invoke("subtract", 1)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("let state expire", async () => {
    const { mecha } = await open();
    const type = uniqueType("Counter");
    await hostOn(mecha, Counter, { type });
    const counter = mecha.actor<Counter>(type, "1");
    await counter.keep({ value: "soon gone", ttlSeconds: 1 });
    expect(await counter.state.get("kept")).toMatchObject({
      value: "soon gone",
      metadata: { ttlExpireTime: expect.any(String) as unknown },
    });
    await expect.poll(() => counter.state.get("kept"), { timeout: 5_000 }).toBeUndefined();
  });

  it.each([true, false])(
    "can be called back by those that they wait for, if they are reentrant (%s)",
    async (reentrancy) => {
      const { mecha } = await open();
      const type = uniqueType("Nesting");
      const nesting = {
        create: ({ id }: ActorContext) => ({
          async visit(path: readonly string[]): Promise<string> {
            const [next, ...rest] = path;
            return next === undefined ? id : `${id} ${await mecha.actor(type, next).invoke<string>("visit", rest)}`;
          },
        }),
      };
      await hostOn(mecha, nesting, { type, reentrancy, drainTimeoutMs: false });
      const visit = mecha.actor(type, "a").invoke("visit", ["b", "a"], { timeoutMs: reentrancy ? 20_000 : 1_000 });
      if (reentrancy) expect(await visit).toBe("a b a");
      else await expect(visit).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
    },
  );

  it("hear of timers and reminders with their payload, until they are unregistered", async () => {
    const { mecha } = await open();
    const type = uniqueType("Listener");
    const heard: unknown[] = [];
    await hostOn(mecha, listener(heard), { type });
    const actor = mecha.actor(type, "1");
    await actor.invoke("start");
    await expect
      .poll(() => heard, { timeout: 10_000 })
      .toEqual(
        expect.arrayContaining([
          ["1", { from: "timer" }],
          ["1", "wake", ["from", "reminder"]],
        ]),
      );
    await actor.invoke("stopTimer");
    const wake = {
      actorType: type,
      actorId: "1",
      name: "wake",
      dueTime: "100ms",
      periodMs: 1000,
      data: ["from", "reminder"],
    };
    expect(await actor.reminders.get("wake")).toMatchObject(wake);
    await mecha.actor(type, "2").reminders.register("other", { dueInMs: 60_000 });
    expect(await actor.reminders.list()).toMatchObject([wake]);
    const all = await mecha.actorType(type).reminders.list();
    expect(all.map(({ actorId, name }) => `${actorId} ${name}`).sort()).toEqual(["1 wake", "2 other"]);
    await expect(actor.reminders.register("wake", { dueInMs: 1, overwrite: false })).rejects.toMatchObject({
      code: "ALREADY_EXISTS",
    });
    await actor.reminders.unregister("wake");
    expect(await actor.reminders.get("wake")).toBeUndefined();
    await mecha.actorType(type).reminders.unregisterAll();
    expect(await mecha.actorType(type).reminders.list()).toEqual([]);
  });

  it("are reminded again after a failure, and no more after `cancel`", async () => {
    const { mecha } = await open();
    const type = uniqueType("Failing");
    let count = 0;
    const definition = {
      create: () => ({
        onReminder: () => {
          if (++count === 1) throw new Error("not yet");
          return "cancel";
        },
      }),
    };
    await hostOn(mecha, definition, { type });
    const { reminders } = mecha.actor(type, "1");
    await reminders.register("r", { dueInMs: 1, periodMs: 500, failurePolicy: { retryAfterMs: 100, maxRetries: 3 } });
    await expect.poll(() => reminders.get("r"), { timeout: 10_000 }).toBeUndefined();
    expect(count).toBe(2);
  });

  it("are reminded although the app was started anew in between", async () => {
    const { mecha } = await open();
    const type = uniqueType("Listener");
    const first = await hostOn(mecha, listener([]), { type });
    await mecha.actor(type, "1").reminders.register("wake", { dueInMs: 1_500, data: 1 });
    await first.close();
    const heard: unknown[] = [];
    await hostOn(mecha, listener(heard), { type });
    await expect.poll(() => heard, { timeout: 15_000 }).toEqual([["1", "wake", 1]]);
  });

  it("are deactivated when they are idle, and activated anew by the next call", async () => {
    const { mecha } = await open();
    const type = uniqueType("Idle");
    const log: string[] = [];
    const definition = {
      create: () => ({
        onActivate: () => void log.push("activated"),
        onDeactivate: () => void log.push("deactivated"),
        touch: () => void log.push("touched"),
      }),
    };
    await hostOn(mecha, definition, { type, idleTimeoutMs: 300 });
    await mecha.actor(type, "1").invoke("touch");
    await expect.poll(() => log, { timeout: 10_000 }).toEqual(["activated", "touched", "deactivated"]);
    await mecha.actor(type, "1").invoke("touch");
    expect(log.slice(3)).toEqual(["activated", "touched"]);
  });

  it("are hosted over HTTP as over the stream", async () => {
    const appPort = await freePortFamily([0]);
    const sidecar = await actorSidecar(on, await actorFolder(), { appId: "http-host", appPort, appProtocol: "http" });
    const mecha = mechaOn(sidecar);
    const type = uniqueType("Both");
    const log: unknown[] = [];
    const both = {
      create: (context: ActorContext) => {
        const counting = new Counter(context);
        return {
          ...listener(log).create(context),
          add: (amount: number) => counting.add(amount),
          addAndFail: (amount: number) => counting.addAndFail(amount),
          findNothing: () => Promise.reject(new MechaError("NOT_FOUND", "nothing there")),
          onDeactivate: () => log.push("gone"),
        };
      },
    };
    const host = mecha.host({ appPort, appProtocol: "http" }).onInvoke("ping", () => "pong");
    await host.actor(both, { type, idleTimeoutMs: 60_000, reentrancy: true }).start();
    onTestFinished(() => host.close());
    const actor = mecha.actor(type, "1");
    await expect.poll(() => actor.invoke("add", 1).catch(() => undefined), { timeout: 15_000 }).toBe(1);
    const failed = expect.objectContaining({
      code: "FAILED_PRECONDITION",
      message: expect.stringMatching(/failed: not today$/u) as unknown,
    }) as unknown;
    await expect(actor.invoke("addAndFail", 5)).rejects.toEqual(failed);
    await expect(actor.invoke("findNothing")).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: expect.stringContaining("nothing there") as unknown,
    });
    await expect(actor.invoke("nowhere")).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: expect.stringContaining("There is no method") as unknown,
    });
    expect(await actor.invoke("add", 1)).toBe(2);
    await actor.invoke("start");
    await expect
      .poll(() => log, { timeout: 10_000 })
      .toEqual(
        expect.arrayContaining([
          ["1", { from: "timer" }],
          ["1", "wake", ["from", "reminder"]],
        ]),
      );
    await actor.reminders.unregisterAll();
    await host.close();
    expect(log.at(-1)).toBe("gone");
  });

  it("are refused at start by a sidecar without placement", async () => {
    const { resources } = await actorFolder();
    const sidecar = await startDaprd({ appId: "no-placement", resourcesFolders: [resources] });
    onTestFinished(() => sidecar.stop({ hard: true }));
    const host = mechaOn(sidecar)
      .host({ onError: () => undefined })
      .actor(Counter, { type: uniqueType("Counter") });
    await expect(host.start()).rejects.toMatchObject({
      code: "FAILED_PRECONDITION",
      message: expect.stringContaining("--placement-host-address") as unknown,
    });
  });

  it("live once each where two apps host their type, also while they move", { timeout: 60_000 }, async () => {
    const folder = await actorFolder();
    const sidecars = await Promise.all([1, 2].map(() => actorSidecar(on, folder, { appId: "two-hosts" })));
    const [first, second] = sidecars.map(mechaOn) as [Mecha, Mecha];
    const type = uniqueType("Who");
    const active = new Map<string, string>();
    const twice: string[] = [];
    const host = (name: string): { create: (context: ActorContext) => object } => ({
      create: ({ id }) => ({
        onActivate() {
          if (active.has(id)) twice.push(id);
          active.set(id, name);
        },
        onDeactivate: () => void active.delete(id),
        who: () => name,
      }),
    });
    await hostOn(first, host("first"), { type });
    expect(new Set(await hostsOf(first, type))).toEqual(new Set(["first"]));
    await hostOn(second, host("second"), { type });
    await expect.poll(async () => new Set(await hostsOf(first, type)).size, { timeout: 20_000 }).toBe(2);
    expect(await hostsOf(second, type)).toEqual(await hostsOf(first, type));
    expect(twice).toEqual([]);
    expect(active.size).toBe(ids.length);
  });

  it("move to the other host when theirs is killed", { timeout: 60_000 }, async () => {
    const folder = await actorFolder();
    const [one, other] = await Promise.all([1, 2].map(() => actorSidecar(on, folder, { appId: "killed" })));
    if (one === undefined || other === undefined) throw new Error("two sidecars were started");
    const type = uniqueType("Who");
    const child = await hostProcess(one.grpcAddress, type);
    const mecha = mechaOn(other);
    await hostOn(mecha, who("survivor"), { type });
    await expect
      .poll(async () => new Set(await hostsOf(mecha, type)), { timeout: 20_000 })
      .toEqual(new Set([child.pid, "survivor"]));
    child.kill("SIGKILL");
    const settled = async (): Promise<unknown> => new Set(await hostsOf(mecha, type).catch(() => []));
    await expect.poll(settled, { timeout: 30_000, interval: 200 }).toEqual(new Set(["survivor"]));
  });

  it("come back when the sidecar does", { timeout: 60_000 }, async () => {
    const folder = await actorFolder();
    const sidecar = await actorSidecar(on, folder, { appId: "restarted" });
    const mecha = mechaOn(sidecar);
    const type = uniqueType("Counter");
    await hostOn(mecha, Counter, { type });
    expect(await mecha.actor<Counter>(type, "1").add(1)).toBe(1);
    await sidecar.stop({ hard: true });
    await actorSidecar(on, folder, { appId: "restarted", port: sidecar.httpPort });
    const add = (): Promise<unknown> =>
      mecha
        .actor<Counter>(type, "1")
        .add(1)
        .catch(() => undefined);
    await expect.poll(add, { timeout: 30_000, interval: 200 }).toBe(2);
  });
});

async function hostProcess(address: string, type: string): Promise<ChildProcess> {
  const script = join(import.meta.dirname, "actor-host-process.ts");
  const child = fork(script, [address, type], { execArgv: ["--import", "tsx", "--conditions", "@mecha/source"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child, "message");
  return child;
}

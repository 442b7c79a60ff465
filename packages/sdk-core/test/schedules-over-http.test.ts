import { freePortFamily } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import { expect, it, onTestFinished } from "vitest";
import type { ActorContext, ActorReminder } from "../src/actors/actor-definition.js";
import { actorFolder, actorSidecar, mechaOn, uniqueType } from "./actor-cluster.js";

describeWith(["daprd", "placement", "scheduler"], "timers and reminders of actors that are hosted over HTTP", (on) => {
  /** An app with a port, whose sidecar speaks HTTP with it, and one actor in it. */
  const hosting = async (create: (context: ActorContext) => object) => {
    const appPort = await freePortFamily([0]);
    const sidecar = await actorSidecar(on, await actorFolder(), { appId: "over-http", appPort, appProtocol: "http" });
    const mecha = mechaOn(sidecar);
    const type = uniqueType("OverHttp");
    const errors: string[] = [];
    const host = mecha.host({ appPort, appProtocol: "http", onError: ({ message }) => errors.push(message) });
    await host
      .onInvoke("ping", () => "pong")
      .actor({ create: (context) => ({ touch: () => "touched", ...create(context) }) }, { type })
      .start();
    onTestFinished(() => host.close());
    const actor = mecha.actor(type, "1");
    // The sidecar asks the app for its types a moment after it has found its port.
    await expect.poll(() => actor.invoke("touch").catch(() => undefined), { timeout: 15_000 }).toBe("touched");
    return { actor, errors };
  };

  it("a timer comes with its payload in a turn that may change state, until it is unregistered", async () => {
    const heard: unknown[] = [];
    const { actor } = await hosting(({ state }) => ({
      onTick(data: unknown): void {
        heard.push(data);
        state.set("ticks", heard.length);
      },
    }));
    await actor.timers.register("tick", { callback: "onTick", dueInMs: 10, periodMs: 100, data: { n: [1] } });
    await expect.poll(() => heard.length, { timeout: 10_000 }).toBeGreaterThan(1);
    expect(heard[0]).toEqual({ n: [1] });
    await actor.timers.unregister("tick");
    await actor.timers.register("last", { callback: "onTick", dueInMs: 300 });
    await expect.poll(() => heard.includes(undefined), { timeout: 10_000 }).toBe(true);
    await expect.poll(async () => (await actor.state.get("ticks"))?.value).toBe(heard.length);
  });

  it("a reminder that fails comes again and the host hears of it; one that says `cancel` comes no more", async () => {
    const heard: string[] = [];
    const { actor, errors } = await hosting(() => ({
      onReminder({ name, data }: ActorReminder): "cancel" {
        heard.push(`${name} ${JSON.stringify(data)}`);
        if (heard.length === 1) throw new Error("not yet");
        return "cancel";
      },
    }));
    const failurePolicy = { retryAfterMs: 100, maxRetries: 3 };
    await actor.reminders.register("wake", { dueInMs: 1, periodMs: 500, data: ["from", 1], failurePolicy });
    await expect.poll(() => actor.reminders.get("wake"), { timeout: 10_000 }).toBeUndefined();
    expect(heard).toEqual(['wake ["from",1]', 'wake ["from",1]']);
    expect(errors).toEqual([expect.stringMatching(/^Reminder "wake" of actor ".+" failed: not yet$/u)]);
  });

  it("a timer that fails comes again with its next tick, and the host hears of it, as of one without a method", async () => {
    let count = 0;
    const { actor, errors } = await hosting(() => ({
      onTick(): void {
        if (++count === 1) throw new Error("not yet");
      },
    }));
    await actor.timers.register("nothing", { callback: "nowhere", dueInMs: 1 });
    await expect.poll(() => errors, { timeout: 10_000 }).toHaveLength(1);
    expect(errors[0]).toContain('no method "nowhere"');
    await actor.timers.register("tick", { callback: "onTick", dueInMs: 1, periodMs: 50 });
    await expect.poll(() => count, { timeout: 10_000 }).toBeGreaterThan(2);
    await actor.timers.unregister("tick");
    expect(errors.slice(1)).toEqual([expect.stringMatching(/^Timer "tick" of actor ".+" failed: not yet$/u)]);
  });
});

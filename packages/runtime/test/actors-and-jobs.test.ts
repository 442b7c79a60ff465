import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { componentYaml, eventually } from "@mecha/conformance";
import { createMecha, type ActorContext, type ActorFactory, type ActorReminder, type Mecha } from "@mecha/sdk-core";
import { daprMethods, type AppChannel } from "@mecha/sdk-core/protocol";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { createRuntime, type Runtime } from "../src/runtime.js";
import { resourceFolder } from "./runtime-fixture.js";

beforeEach(async () => {
  vi.stubEnv("MECHA_RUNTIME_DIR", join(await resourceFolder({}), "run"));
});
afterEach(() => vi.unstubAllEnvs());

/** A folder whose state store is a file, which outlives a runtime and serves several. */
function sharedFolder(): Promise<string> {
  return resourceFolder({
    "state.yaml": componentYaml("store", "state.sqlite", { connectionString: "state.db", actorStateStore: "true" }),
  });
}

async function openRuntime(folder: string): Promise<Runtime> {
  const runtime = await createRuntime({
    appId: "shop",
    resourcesPaths: [folder],
    baseFolder: folder,
    drainTimeoutMs: 1_000,
  });
  onTestFinished(() => runtime.close());
  return runtime;
}

function mechaOn(runtime: Runtime, appId = "shop"): Mecha {
  const mecha = createMecha(
    {
      transport: runtime.transport,
      mode: "embedded",
      attachApp: (channel) => runtime.attachApp(channel),
      close: () => Promise.resolve(),
    },
    appId,
  );
  onTestFinished(() => mecha.close());
  return mecha;
}

/** Has jobs told to a list. */
function hearing(heard: string[], name = ""): AppChannel {
  return {
    job: (request) => {
      heard.push(name + request.name);
      return Promise.resolve({});
    },
  };
}

const counter: ActorFactory = {
  create: ({ state, id }: ActorContext) => ({
    add: async (amount: number) => {
      const sum = ((await state.get<number>("sum")) ?? 0) + amount;
      state.set("sum", sum);
      return `${id} ${String(sum)}`;
    },
  }),
};

describe("actors and jobs of the embedded runtime", { timeout: 60_000 }, () => {
  it("need a state store that is for them, and say so", async () => {
    const folder = await resourceFolder({ "state.yaml": componentYaml("store", "state.in-memory") });
    const runtime = await openRuntime(folder);
    const mecha = mechaOn(runtime);
    await expect(mecha.jobs().schedule("j", { dueInMs: 0 })).rejects.toMatchObject({
      reason: "ERR_ACTOR_RUNTIME_NOT_FOUND",
      message: expect.stringContaining("actorStateStore"),
    });
    await expect(
      mecha
        .host({ onError: () => undefined })
        .actor(counter, { type: "Counter" })
        .start(),
    ).rejects.toMatchObject({
      code: "CONFIGURATION_INVALID",
      message: expect.stringContaining("actorStateStore"),
    });
    // An app over HTTP does not say whether it has jobs.
    await (await runtime.attachApp(hearing([])))();
  });

  it("come again after a restart: what was due meanwhile at once, what is not when it is", async () => {
    const folder = await sharedFolder();
    const before = await openRuntime(folder);
    await mechaOn(before).jobs().schedule("past", { dueInMs: 1 });
    await mechaOn(before)
      .jobs()
      .schedule("future", { dueInMs: 86_400_000, data: { n: 1 } });
    await before.close();

    const after = await openRuntime(folder);
    const heard: string[] = [];
    await after.attachApp(hearing(heard));
    await eventually("the job that was missed comes", async () => heard.includes("past"));
    expect(heard).toEqual(["past"]);
    expect((await mechaOn(after).jobs().get("future"))?.json()).toEqual({ n: 1 });
    expect(await mechaOn(after).jobs().get("past")).toBeUndefined();
  });

  it("remind an actor after a restart, once its type is hosted again", async () => {
    const folder = await sharedFolder();
    const before = await openRuntime(folder);
    const first = mechaOn(before).host().actor(counter, { type: "Sleeper" });
    await first.start();
    await mechaOn(before).actor("Sleeper", "1").reminders.register("wake", { dueInMs: 200, data: "up" });
    await first.close();
    await before.close();

    const after = await openRuntime(folder);
    const heard: unknown[] = [];
    const sleeper = { create: () => ({ onReminder: ({ name, data }: ActorReminder) => void heard.push(name, data) }) };
    const host = mechaOn(after).host().actor(sleeper, { type: "Sleeper" });
    await host.start();
    await eventually("the reminder comes", async () => heard.length > 0);
    expect(heard).toEqual(["wake", "up"]);
    await host.close();
  });

  it("are shared by the processes of an app: one runs them, all can call", async () => {
    const folder = await sharedFolder();
    const [first, second] = [await openRuntime(folder), await openRuntime(folder)];
    const [one, other] = [mechaOn(first), mechaOn(second)];
    await one.jobs().schedule("kept", { dueInMs: 86_400_000 });
    expect((await other.jobs().list()).map(({ name }) => name)).toEqual(["kept"]);

    const heard: string[] = [];
    await second.attachApp(hearing(heard, "second:"));
    await other.jobs().schedule("now", { dueInMs: 0 });
    await eventually("the job comes to the process that takes jobs", async () => heard.length > 0);
    expect(heard).toEqual(["second:now"]);

    const host = other.host().actor(counter, { type: "Counter" });
    await host.start();
    expect(await one.actor("Counter", "a").invoke("add", 2)).toBe("a 2");
    expect(await other.actor("Counter", "a").invoke("add", 3)).toBe("a 5");
    const { actorRuntime } = await first.transport.unary(daprMethods.getMetadata, {});
    expect(actorRuntime?.activeActors).toEqual([{ type: "Counter", count: 1 }]);
    await host.close();
  });

  it("go on in another process when the one that ran them ends", async () => {
    const folder = await sharedFolder();
    const [first, second] = [await openRuntime(folder), await openRuntime(folder)];
    const heard: string[] = [];
    await first.attachApp(hearing(heard, "first:"));
    await second.attachApp(hearing(heard, "second:"));
    const host = mechaOn(second).host().actor(counter, { type: "Counter" });
    await host.start();
    expect(await mechaOn(second).actor("Counter", "a").invoke("add", 1)).toBe("a 1");
    await mechaOn(second)
      .jobs()
      .schedule("tick", { schedule: { everyMs: 50 } });
    await eventually("the first process gets the job", async () => heard.includes("first:tick"));

    await first.close();
    await eventually("the second one takes over", async () => heard.includes("second:tick"));
    const after = heard.indexOf("second:tick");
    expect(heard.slice(after).every((line) => line === "second:tick")).toBe(true);
    await eventually("its actors are there again", async () =>
      mechaOn(second)
        .actor("Counter", "a")
        .invoke("add", 1)
        .then(
          (sum) => sum === "a 2",
          () => false,
        ),
    );
    await mechaOn(second).jobs().deleteAll();
    await host.close();
  });

  it("are called from another app of the machine, which need not have a store for them", async () => {
    const folder = await sharedFolder();
    const shop = mechaOn(await openRuntime(folder));
    const host = shop.host().actor(counter, { type: "Counter" });
    await host.start();

    const noStore = await resourceFolder({});
    const runtime = await createRuntime({ appId: "till", resourcesPaths: [noStore], baseFolder: folder });
    onTestFinished(() => runtime.close());
    const till = mechaOn(runtime, "till");
    expect(await till.actor("Counter", "a").invoke("add", 2)).toBe("a 2");
    expect(await shop.actor("Counter", "a").invoke("add", 1)).toBe("a 3");
    await expect(till.actor("Counter", "a").invoke("subtract")).rejects.toMatchObject({ code: "NOT_FOUND" });

    await host.close();
    await expect(till.actor("Counter", "a").invoke("add", 2)).rejects.toMatchObject({ reason: "ERR_ACTOR_NO_ADDRESS" });
  });

  it("say so when the process that runs them cannot be reached", async () => {
    const folder = await sharedFolder();
    await mechaOn(await openRuntime(folder))
      .jobs()
      .schedule("kept", { dueInMs: 86_400_000 });
    // Where this process looks, the first one is not.
    vi.stubEnv("MECHA_RUNTIME_DIR", join(await resourceFolder({}), "run"));
    const second = await openRuntime(folder);
    await expect(mechaOn(second).jobs().list()).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining("MECHA_NAMESPACE"),
    });
    await (await second.attachApp(hearing([])))();
    const { actorRuntime } = await second.transport.unary(daprMethods.getMetadata, {});
    expect(actorRuntime?.activeActors).toEqual([]);
  });

  it("let an actor be called back by those that it waits for, where its type is reentrant", async () => {
    const mecha = mechaOn(await openRuntime(await sharedFolder()));
    const chain: ActorFactory = {
      create: ({ id }: ActorContext) => ({
        down: async (depth: number): Promise<string> =>
          depth === 0
            ? id
            : `${id}${await mecha.actor("Chain", id === "a" ? "b" : "a").invoke<string>("down", depth - 1)}`,
      }),
    };
    const host = mecha.host().actor(chain, { type: "Chain", reentrancy: { maxDepth: 3 } });
    await host.start();
    expect(await mecha.actor("Chain", "a").invoke("down", 4)).toBe("ababa");
    await expect(mecha.actor("Chain", "a").invoke("down", 9)).rejects.toMatchObject({
      message: expect.stringContaining("stack depth"),
    });
    await host.close();
  });

  it("give a turn and a job under way their time when the runtime closes", async () => {
    const runtime = await openRuntime(await sharedFolder());
    const ended: string[] = [];
    let begun = 0;
    const slow = async (what: string): Promise<void> => {
      begun++;
      await eventually("the runtime is closing", async () => isClosing);
      ended.push(what);
    };
    let isClosing = false;
    await runtime.attachApp({
      job: async () => {
        await slow("job");
        return {};
      },
      actor: {
        types: ["Slow"],
        config: { entities: ["Slow"], entitiesConfig: [] },
        invoke: async () => {
          await slow("turn");
          return { data: Buffer.alloc(0), metadata: {} };
        },
        timer: async () => ({}),
        reminder: async () => ({}),
        deactivate: async () => void ended.push("deactivated"),
      },
    });
    const mecha = mechaOn(runtime);
    await mecha.jobs().schedule("j", { dueInMs: 0 });
    const call = mecha.actor("Slow", "1").invoke("wait");
    await eventually("both are under way", async () => begun === 2);
    const closing = runtime.close();
    isClosing = true;
    await Promise.all([call, closing]);
    expect(ended.slice(0, 2).sort()).toEqual(["job", "turn"]);
    expect(ended[2]).toBe("deactivated");
  });

  it("need no folder in which processes meet, as long as there is one process", async () => {
    const folder = await sharedFolder();
    await writeFile(join(folder, "file"), "");
    vi.stubEnv("MECHA_RUNTIME_DIR", join(folder, "file", "run"));
    vi.stubEnv("MECHA_LOG_LEVEL", "error");
    const mecha = mechaOn(await openRuntime(folder));
    const host = mecha.host().actor(counter, { type: "Counter" });
    await host.start();
    expect(await mecha.actor("Counter", "a").invoke("add", 1)).toBe("a 1");
    await host.close();
  });
});

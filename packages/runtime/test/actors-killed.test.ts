import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { componentYaml, eventually } from "@mecha/conformance";
import { createMecha, type Mecha } from "@mecha/sdk-core";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { createRuntime, type Runtime } from "../src/runtime.js";
import { resourceFolder } from "./runtime-fixture.js";

beforeEach(async () => {
  vi.stubEnv("MECHA_RUNTIME_DIR", join(await resourceFolder({}), "run"));
});
afterEach(() => vi.unstubAllEnvs());

function sharedFolder(): Promise<string> {
  return resourceFolder({
    "state.yaml": componentYaml("store", "state.sqlite", { connectionString: "state.db", actorStateStore: "true" }),
  });
}

async function startProcess(folder: string, task: "write" | "take"): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, "actors-process.ts"), [folder, task], {
    execArgv: ["--conditions=@mecha/source", "--import", "tsx"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  expect((await once(child, "message"))[0]).toBe("ready");
  return child;
}

async function openRuntime(folder: string): Promise<{ readonly runtime: Runtime; readonly mecha: Mecha }> {
  const runtime = await createRuntime({ appId: "shop", resourcesPaths: [folder], baseFolder: folder });
  onTestFinished(() => runtime.close());
  const mecha = createMecha(
    {
      transport: runtime.transport,
      mode: "embedded",
      attachApp: (channel) => runtime.attachApp(channel),
      close: () => Promise.resolve(),
    },
    "shop",
  );
  return { runtime, mecha };
}

async function kill(child: ChildProcess): Promise<void> {
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}

/** Children compile what they import, which takes its time on a busy machine. */
const patience = { timeout: 120_000 };

test(
  "kill -9 in the middle of registrations loses no job and no reminder that was acknowledged",
  patience,
  async () => {
    const folder = await sharedFolder();
    const child = await startProcess(folder, "write");
    const acknowledged: string[] = [];
    await new Promise<void>((resolve) => {
      child.on("message", (name: string) => {
        if (acknowledged.push(name) === 400) resolve();
      });
    });
    await kill(child);

    const { mecha } = await openRuntime(folder);
    const host = mecha.host().actor({ create: () => ({}) }, { type: "Sleeper" });
    await host.start();
    const jobs = (await mecha.jobs().list()).map((job) => [job.name, job.json()] as const);
    const reminders = (await mecha.actorType("Sleeper").reminders.list()).map(
      ({ name, data }) => [name, data] as const,
    );
    const kept = new Map([...jobs, ...reminders]);
    expect(acknowledged.filter((name) => kept.get(name) !== name)).toEqual([]);
    await host.close();
  },
);

test(
  "when the process that runs the jobs is killed, another one goes on: no time is missed, none comes to both",
  patience,
  async () => {
    const folder = await sharedFolder();
    const child = await startProcess(folder, "take");
    const heard: string[] = [];
    child.on("message", (name: string) => heard.push(`child ${name}`));
    const { runtime, mecha } = await openRuntime(folder);
    await runtime.attachApp({
      job: async ({ name }) => {
        heard.push(`own ${name}`);
        return {};
      },
    });
    await mecha.jobs().schedule("tick", { schedule: { everyMs: 40 }, repeats: 25 });
    await eventually("the process that was first gets some", async () => heard.length >= 5);
    expect(heard.every((line) => line === "child tick")).toBe(true);
    await kill(child);

    await eventually("the job has come for the last time", async () => (await mecha.jobs().get("tick")) === undefined);
    // What was being delivered when the process died is delivered again.
    expect(heard.length - 25).toBeGreaterThanOrEqual(0);
    expect(heard.length - 25).toBeLessThanOrEqual(1);
    expect(heard.at(-1)).toBe("own tick");
  },
);

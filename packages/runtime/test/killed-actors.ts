import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { componentYaml } from "@mecha/conformance";
import { createMecha, type Mecha } from "@mecha/sdk-core";
import { expect, onTestFinished, vi } from "vitest";
import { createRuntime, type Runtime } from "../src/runtime.js";
import { resourceFolder } from "./runtime-fixture.js";

/** Children compile what they import, which takes its time on a busy machine. */
export const patience = { timeout: 120_000 };

/** A folder with a state store in a file, whose runtimes meet in a folder of its own. */
export async function sharedFolder(): Promise<string> {
  vi.stubEnv("MECHA_RUNTIME_DIR", join(await resourceFolder({}), "run"));
  onTestFinished(() => void vi.unstubAllEnvs());
  return resourceFolder({
    "state.yaml": componentYaml("store", "state.sqlite", { connectionString: "state.db", actorStateStore: "true" }),
  });
}

/** Starts a process of the app: see `actors-process.ts`. */
export async function startProcess(folder: string): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, "actors-process.ts"), [folder], {
    execArgv: ["--conditions=@mecha/source", "--import", "tsx"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  expect((await once(child, "message"))[0]).toBe("ready");
  return child;
}

/** Opens a runtime of the app in this process. */
export async function openRuntime(folder: string): Promise<{ readonly runtime: Runtime; readonly mecha: Mecha }> {
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

/** Ends a process as a crash does. */
export async function kill(child: ChildProcess): Promise<void> {
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}

import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { componentYaml, type DaprApiTarget, serveSuiteServers, suiteComponents, suiteFiles } from "@mecha/conformance";
import type { Transport } from "@mecha/sdk-core/protocol";
import { vi } from "vitest";
import { createRuntime, type Runtime } from "../src/runtime.js";

/** Components that keep their data in files. */
export const durable = {
  "state.yaml": componentYaml("store", "state.sqlite", { connectionString: "state.db", actorStateStore: "true" }),
  "pubsub.yaml": componentYaml("events", "pubsub.sqlite", { redeliverInterval: "50ms" }),
};

/** A way into a runtime, and what to close besides it. */
export interface Door {
  readonly transport: Transport;
  /** @defaultValue "embedded" */
  readonly mode?: DaprApiTarget["mode"];
  close?(): Promise<void>;
}

/** Opens an embedded runtime as the suite wants it, seen through a door. */
export async function openEmbeddedTarget(
  door: (runtime: Runtime) => Door | Promise<Door>,
  stores: Readonly<Record<string, string>> = {},
): Promise<DaprApiTarget> {
  const folder = await mkdtemp(join(tmpdir(), "mecha-dapr-api-"));
  await mkdir(join(folder, "components"));
  const servers = await serveSuiteServers();
  for (const [name, text] of Object.entries({ ...suiteComponents, ...servers.components, ...stores }))
    await writeFile(join(folder, "components", name), text);
  for (const [name, text] of Object.entries(suiteFiles)) await writeFile(join(folder, name), text);
  // Read when the runtime is made; a folder of its own leaves nothing behind among the user's.
  vi.stubEnv("MECHA_RUNTIME_DIR", join(folder, "run"));
  const runtime = await createRuntime({
    appId: "suite-app",
    resourcesPaths: [join(folder, "components")],
    baseFolder: folder,
    drainTimeoutMs: 1_000,
  });
  vi.unstubAllEnvs();
  const opened = await door(runtime);
  return {
    transport: opened.transport,
    mode: opened.mode ?? "embedded",
    appId: "suite-app",
    attachApp: (channel) => runtime.attachApp(channel),
    writeConfiguration: (key, value) => replaceFile(join(folder, "settings", key), value),
    another: () => openEmbeddedTarget(door, stores),
    async close() {
      await opened.close?.();
      await runtime.close();
      await servers.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function replaceFile(file: string, value: string | undefined): Promise<void> {
  if (value === undefined) return rm(file, { force: true });
  const draft = join(dirname(dirname(file)), "draft");
  await writeFile(draft, value);
  await rename(draft, file);
}

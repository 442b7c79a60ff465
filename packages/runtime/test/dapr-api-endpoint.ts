import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  componentYaml,
  createSuiteKeys,
  type DaprApiRun,
  type DaprApiTarget,
  serveEcho,
  serveModel,
  workflowRpcs,
} from "@mecha/conformance";
import type { Transport } from "@mecha/sdk-core/protocol";
import { vi } from "vitest";
import { createRuntime, type Runtime } from "../src/runtime.js";

/** What the embedded runtime promises on the components below. */
export const embeddedRun: DaprApiRun = {
  components: {
    state: "store",
    pubsub: "events",
    orderedPubsub: "events",
    configuration: "settings",
    binding: "files",
    httpBinding: "web",
    secrets: "vault",
    lock: "locks",
    crypto: "keys",
    conversation: "talk",
    modelConversation: "model",
  },
  services: ["actors", "jobs", "shutdown"],
  supports: {
    transactions: { conflictStatus: 10 },
    ttl: true,
    query: true,
    redelivery: true,
    messageExtensions: true,
    mecha: true,
  },
  refuses: workflowRpcs,
};

const memory = {
  "state.yaml": componentYaml("store", "state.in-memory", { actorStateStore: "true" }),
  "pubsub.yaml": componentYaml("events", "pubsub.in-memory"),
};

/** Components that keep their data in files. */
export const durable = {
  "state.yaml": componentYaml("store", "state.sqlite", { connectionString: "state.db", actorStateStore: "true" }),
  "pubsub.yaml": componentYaml("events", "pubsub.sqlite", { redeliverInterval: "50ms" }),
};

const others = {
  "configuration.yaml": componentYaml("settings", "configuration.file", { path: "settings" }),
  "binding.yaml": componentYaml("files", "bindings.localstorage", { rootPath: "files" }),
  "conversation.yaml": componentYaml("talk", "conversation.echo"),
  "crypto.yaml": componentYaml("keys", "crypto.dapr.jwks", { jwks: JSON.stringify({ keys: createSuiteKeys() }) }),
  "lock.yaml": componentYaml("locks", "lock.in-memory"),
  "secrets.yaml": componentYaml("vault", "secretstores.local.file", { secretsFile: "secrets.json" }),
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
  stores: Readonly<Record<string, string>> = memory,
): Promise<DaprApiTarget> {
  const folder = await mkdtemp(join(tmpdir(), "mecha-dapr-api-"));
  await mkdir(join(folder, "components"));
  const echo = await serveEcho();
  const model = await serveModel();
  const servers = {
    "web.yaml": componentYaml("web", "bindings.http", { url: echo.url }),
    "model.yaml": componentYaml("model", "conversation.openai", { key: "suite", endpoint: model.endpoint }),
  };
  for (const [name, text] of Object.entries({ ...others, ...servers, ...stores }))
    await writeFile(join(folder, "components", name), text);
  await writeFile(join(folder, "secrets.json"), JSON.stringify({ "suite-secret": "open sesame" }));
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
      await echo.close();
      await model.close();
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

import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { callsInSuite, type CallsInRun, type CallsInTarget } from "@mecha/conformance";
import { describeWith } from "@mecha/engines/vitest";
import { createRuntime } from "@mecha/runtime";
import * as test from "vitest";
import type { AppProtocol } from "../src/app/server-settings.js";
import { createMecha } from "../src/mecha.js";
import { namesFile, redeliveryYaml, startDaprdApp } from "./daprd-app.js";
import { componentYaml } from "./mecha-fixture.js";

/** Topics of the suite for which daprd calls the app. */
const calledTopics = 4;

async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "mecha-calls-in-"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

/** An embedded runtime, and an app in its process. */
async function openEmbedded(pubsub: string): Promise<CallsInTarget> {
  const folder = await folderOf({
    "events.yaml": pubsub,
    "memory.yaml": componentYaml("memory", "pubsub.in-memory"),
    "tick.yaml": componentYaml("tick", "bindings.cron", { schedule: "@every 1s", direction: "input" }),
    "store.yaml": componentYaml("store", "state.in-memory", { actorStateStore: "true" }),
    "redelivery.yaml": redeliveryYaml("events"),
  });
  const runtime = await createRuntime({ appId: `app-${randomUUID()}`, resourcesPaths: [folder], baseFolder: folder });
  const { appId, transport, attachApp } = runtime;
  const mecha = createMecha({ mode: "embedded", transport, attachApp, close: () => Promise.resolve() }, appId);
  const close = async (): Promise<void> => {
    await runtime.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { mecha, hostOptions: {}, ready: () => Promise.resolve(), close };
}

const embedded: CallsInRun = {
  components: { pubsub: "events", wildcard: "memory", schedule: "tick" },
  callbacks: true,
  jobs: true,
};

test.describe("the embedded runtime", () => {
  const pubsub = componentYaml("events", "pubsub.in-memory", { "mecha.redeliverInterval": "10ms" });
  callsInSuite(test, () => openEmbedded(pubsub), embedded);
});

test.describe("the embedded runtime", () => {
  describeWith(["redis"], "on Redis", (on) => {
    const pubsub = (): string => componentYaml("events", "pubsub.redis", { redisHost: on.redis.address });
    callsInSuite(test, () => openEmbedded(pubsub()), embedded);
  });
});

test.describe.each<AppProtocol>(["grpc", "http"])("daprd that speaks %s with its app", (appProtocol) => {
  describeWith(["redis", "scheduler", "daprd"], "on Redis", (on) => {
    const open = async (): Promise<CallsInTarget> => {
      const folder = await folderOf({
        "events.yaml": componentYaml("events", "pubsub.redis", { redisHost: on.redis.address }),
        "memory.yaml": componentYaml("memory", "pubsub.in-memory"),
        "tick.yaml": componentYaml("tick", "bindings.cron", { schedule: "@every 1s", direction: "input" }),
        "redelivery.yaml": redeliveryYaml("events"),
      });
      const common = { namesFile: namesFile(folder), appApiToken: "the-apps-secret" };
      const called = await startDaprdApp({
        ...common,
        appId: `called-over-${appProtocol}`,
        resourcesFolders: [folder],
        appProtocol,
        scheduler: on.scheduler,
      });
      const caller = await startDaprdApp({ ...common, appId: `caller-over-${appProtocol}`, args: ["--app-port=0"] });
      return {
        mecha: called.mecha,
        caller: caller.mecha,
        hostOptions: { appPort: called.appPort, appProtocol, appApiToken: "the-apps-secret" },
        ready: () => called.subscribed(calledTopics),
        async close() {
          await caller.close();
          await called.close();
          await rm(folder, { recursive: true, force: true });
        },
      };
    };
    callsInSuite(test, open, {
      components: { pubsub: "events", wildcard: "memory", schedule: "tick" },
      callbacks: true,
      jobs: true,
      http: appProtocol === "http",
    });
  });
});

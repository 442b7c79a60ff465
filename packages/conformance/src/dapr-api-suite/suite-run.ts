import { componentYaml } from "../component-folder.js";
import { createSuiteKeys } from "../suite-keys.js";
import { serveEcho } from "./echo-server.js";
import type { DaprApiRun } from "./endpoint.js";
import { serveModel } from "./model-server.js";
import { workflowRpcs } from "./workflow-rpcs.js";

/** What Mecha's runtime promises on {@link suiteComponents} and {@link serveSuiteServers}. */
export const suiteRun: DaprApiRun = {
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
  // Workflows need a worker of the SDK.
  refuses: workflowRpcs,
};

/** Components of every block that need nothing but this machine, by the names of their files. Paths are those of {@link suiteFiles}. */
export const suiteComponents: Readonly<Record<string, string>> = {
  "state.yaml": componentYaml("store", "state.in-memory", { actorStateStore: "true" }),
  "pubsub.yaml": componentYaml("events", "pubsub.in-memory"),
  "configuration.yaml": componentYaml("settings", "configuration.file", { path: "settings" }),
  "binding.yaml": componentYaml("files", "bindings.localstorage", { rootPath: "files" }),
  "conversation.yaml": componentYaml("talk", "conversation.echo"),
  "crypto.yaml": componentYaml("keys", "crypto.dapr.jwks", { jwks: JSON.stringify({ keys: createSuiteKeys() }) }),
  "lock.yaml": componentYaml("locks", "lock.in-memory"),
  "secrets.yaml": componentYaml("vault", "secretstores.local.file", { secretsFile: "secrets.json" }),
};

/** What stands in the folder in which the runtime is started. */
export const suiteFiles: Readonly<Record<string, string>> = {
  "secrets.json": JSON.stringify({ "suite-secret": "open sesame" }),
};

/** Servers on the loopback interface that components of the suite call. */
export interface SuiteServers {
  /** The components that call them, by the names of their files. */
  readonly components: Readonly<Record<string, string>>;
  /** Stops serving. */
  close(): Promise<void>;
}

/** Starts the servers that components of the suite call. */
export async function serveSuiteServers(): Promise<SuiteServers> {
  const [echo, model] = await Promise.all([serveEcho(), serveModel()]);
  return {
    components: {
      "web.yaml": componentYaml("web", "bindings.http", { url: echo.url }),
      "model.yaml": componentYaml("model", "conversation.openai", { key: "suite", endpoint: model.endpoint }),
    },
    async close() {
      await echo.close();
      await model.close();
    },
  };
}

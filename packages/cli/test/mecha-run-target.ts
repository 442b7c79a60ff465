import {
  componentYaml,
  createSuiteKeys,
  serveAttachedApp,
  type DaprApiRun,
  type DaprApiTarget,
  workflowRpcs,
} from "@mecha/conformance";
import { freePortFamily } from "@mecha/engines";
import { createGrpcTransport } from "@mecha/sdk-core/grpc";
import { startMecha } from "./mecha-run.js";
import { createRunFolder } from "./run-folder.js";

/** What `mecha run` promises on the components below. */
export const mechaRun: DaprApiRun = {
  components: {
    state: "store",
    pubsub: "events",
    orderedPubsub: "events",
    configuration: "settings",
    binding: "files",
    secrets: "vault",
    lock: "locks",
    crypto: "keys",
    conversation: "talk",
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

/** Components of every block, which need nothing but this machine. */
export const suiteComponents = {
  "state.yaml": componentYaml("store", "state.in-memory", { actorStateStore: "true" }),
  "pubsub.yaml": componentYaml("events", "pubsub.in-memory"),
  "configuration.yaml": componentYaml("settings", "configuration.file", { path: "settings" }),
  "binding.yaml": componentYaml("files", "bindings.localstorage", { rootPath: "files" }),
  "conversation.yaml": componentYaml("talk", "conversation.echo"),
  "crypto.yaml": componentYaml("keys", "crypto.dapr.jwks", { jwks: JSON.stringify({ keys: createSuiteKeys() }) }),
  "lock.yaml": componentYaml("locks", "lock.in-memory"),
  "secrets.yaml": componentYaml("vault", "secretstores.local.file", { secretsFile: "secrets.json" }),
};

/** What stands beside the folder of the components. */
export const suiteFiles = { "secrets.json": JSON.stringify({ "suite-secret": "open sesame" }) };

/** Starts `mecha run` as the suite wants it: the suite is the app beside it, on a port. */
export async function openMechaRunTarget(appId = "suite-app"): Promise<DaprApiTarget> {
  const folder = await createRunFolder(suiteComponents, suiteFiles);
  const appPort = await freePortFamily([0]);
  const app = await serveAttachedApp(appPort);
  const mecha = startMecha(["run", "--app-id", appId, "--app-port", String(appPort), "--app-protocol", "grpc"], {
    cwd: folder.path,
  });
  const transport = createGrpcTransport({ address: await mecha.grpcAddress() });
  await mecha.said("the app answers");
  return {
    transport,
    mode: "sidecar",
    appId,
    attachApp: app.attach,
    writeConfiguration: (key, value) => folder.replace(`settings/${key}`, value),
    another: () => openMechaRunTarget(`${appId}-another`),
    async close() {
      await transport.close();
      await mecha.stop();
      await app.close();
      await folder.remove();
    },
  };
}

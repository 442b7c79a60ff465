import { callsInSuite, componentYaml, type CallsInTarget } from "@mecha/conformance";
import { freePortFamily } from "@mecha/engines";
import { createMecha, type Mecha } from "@mecha/sdk-core";
import { createGrpcTransport } from "@mecha/sdk-core/grpc";
import * as test from "vitest";
import { startMecha, type RunningMecha } from "./mecha-run.js";
import { createRunFolder } from "./run-folder.js";

const token = "the-apps-secret";

const components = {
  "events.yaml": componentYaml("events", "pubsub.in-memory", { "mecha.redeliverInterval": "10ms" }),
  "tick.yaml": componentYaml("tick", "bindings.cron", { schedule: "@every 1s", direction: "input" }),
  "store.yaml": componentYaml("store", "state.in-memory", { actorStateStore: "true" }),
  "redelivery.yaml": JSON.stringify({
    apiVersion: "dapr.io/v1alpha1",
    kind: "Resiliency",
    metadata: { name: "redelivery" },
    spec: {
      policies: { retries: { again: { policy: "constant", duration: "50ms", maxRetries: -1 } } },
      targets: { components: { events: { inbound: { retry: "again" } } } },
    },
  }),
};

/** A connection as the app of a sidecar has it. */
async function connectTo(mecha: RunningMecha, appId: string): Promise<Mecha> {
  const transport = createGrpcTransport({ address: await mecha.grpcAddress() });
  return createMecha({ mode: "sidecar", transport, close: () => transport.close() }, appId);
}

test.describe.each(["grpc", "http"] as const)("mecha run that speaks %s with its app", (appProtocol) => {
  const open = async (): Promise<CallsInTarget> => {
    const folder = await createRunFolder(components);
    const appPort = await freePortFamily([0]);
    const environment = { APP_API_TOKEN: token };
    const called = startMecha(
      ["run", "--app-id", "called", "--app-port", String(appPort), "--app-protocol", appProtocol],
      { cwd: folder.path, environment },
    );
    // A caller needs no components, and starts none twice.
    await folder.replace("none.yaml", "");
    const asking = startMecha(["run", "--app-id", "caller", "-d", "none.yaml"], { cwd: folder.path, environment });
    const caller = await connectTo(asking, "caller");
    return {
      mecha: await connectTo(called, "called"),
      caller,
      hostOptions: { appPort, appProtocol, appApiToken: token },
      async ready() {
        await called.said("the app answers");
      },
      async close() {
        await caller.close();
        await Promise.all([called.stop(), asking.stop()]);
        await folder.remove();
      },
    };
  };
  callsInSuite(test, open, {
    components: { pubsub: "events", schedule: "tick" },
    callbacks: true,
    jobs: true,
    http: appProtocol === "http",
  });
});

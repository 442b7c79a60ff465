import {
  type DaprApiTarget,
  serveAttachedApp,
  serveSuiteServers,
  suiteComponents,
  suiteFiles,
} from "@mecha/conformance";
import { freePortFamily } from "@mecha/engines";
import { createGrpcTransport } from "@mecha/sdk-core/grpc";
import { startMecha } from "./mecha-run.js";
import { createRunFolder } from "./run-folder.js";

/** Starts `mecha run` as the suite wants it: the suite is the app beside it, on a port. */
export async function openMechaRunTarget(appId = "suite-app"): Promise<DaprApiTarget> {
  const servers = await serveSuiteServers();
  const folder = await createRunFolder({ ...suiteComponents, ...servers.components }, suiteFiles);
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
      await servers.close();
      await folder.remove();
    },
  };
}

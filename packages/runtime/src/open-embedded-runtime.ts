import type { EmbeddedRuntimeOptions, RuntimeConnection } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { createRuntime } from "./runtime.js";

/**
 * Opens the embedded runtime for `connect()` of `@mecha/sdk-core`: resources read, components started, ready for calls. The variable
 * `MECHA_CONFIG` names a file with a Dapr Configuration.
 *
 * @throws MechaError as {@link createRuntime}
 */
export async function openEmbeddedRuntime({
  appId,
  resourcesPaths,
  components,
}: EmbeddedRuntimeOptions): Promise<RuntimeConnection> {
  const appGrpcPort = appGrpcPortFrom(process.env);
  const configFile = process.env["MECHA_CONFIG"] ?? "";
  const runtime = await createRuntime({
    appId,
    resourcesPaths,
    ...(components !== undefined && { components }),
    ...(configFile !== "" && { configFile }),
    // Nobody would read them.
    metrics: false,
    ...(appGrpcPort !== undefined && { appGrpcPort, appApiToken: process.env["APP_API_TOKEN"] ?? "" }),
  });
  return {
    transport: runtime.transport,
    mode: "embedded",
    attachApp: (channel) => runtime.attachApp(channel),
    close: () => runtime.close(),
  };
}

/** Where the app says that its own gRPC server is, in the words of a sidecar: `APP_PROTOCOL=grpc` and `APP_PORT`. */
function appGrpcPortFrom(environment: NodeJS.ProcessEnv): number | undefined {
  const setting = (name: string): string =>
    // A variable that is set to nothing is as good as none.
    [environment[name], environment[`DAPR_${name}`]].find((value) => value !== undefined && value !== "") ?? "";
  const port = setting("APP_PORT");
  if (setting("APP_PROTOCOL").toLowerCase() !== "grpc" || port === "") return undefined;
  if (/^[1-9]\d{0,4}$/.test(port) && Number(port) <= 65_535) return Number(port);
  throw new MechaError(
    "CONFIGURATION_INVALID",
    `APP_PORT is "${port}"; it is the number of the port on which the app has its gRPC server`,
    { operation: "connect" },
  );
}

import { type Mecha, MechaError } from "@mecha/sdk-core";
import type { MechaModuleOptions } from "./mecha-module-options.js";

/** Whether calls may come in on the port of the app's HTTP server; to be known before its routes are made. */
export function mayUseAppPort({ mode }: Mecha, { onAppPort, host }: MechaModuleOptions): boolean {
  return mode === "sidecar" && (onAppPort ?? host?.appPort === undefined);
}

/**
 * Whether the sidecar calls the app on the port of its HTTP server: what the options say, else whether options, environment or
 * the sidecar itself name HTTP. `dapr run` names it to apps without a port too, so somebody has to name a port.
 */
export async function usesAppPort(mecha: Mecha, options: MechaModuleOptions): Promise<boolean> {
  if (!mayUseAppPort(mecha, options)) return false;
  if (options.onAppPort !== undefined) return options.onAppPort;
  const protocol = options.host?.appProtocol ?? setting("APP_PROTOCOL") ?? setting("DAPR_APP_PROTOCOL");
  if (protocol !== undefined && protocol.toLowerCase() !== "http") return false;
  if (protocol !== undefined && (setting("APP_PORT") ?? setting("DAPR_APP_PORT")) !== undefined) return true;
  const told = await mecha.metadata().catch((thrown: unknown) => {
    // Who does not answer says so when the handlers start.
    if (MechaError.is(thrown)) return undefined;
    throw thrown;
  });
  const { port = 0, protocol: toldProtocol = "" } = told?.appConnection ?? {};
  return port !== 0 && (protocol ?? toldProtocol) === "http";
}

function setting(name: string): string | undefined {
  const value = process.env[name];
  return value === "" ? undefined : value;
}

import { MechaError } from "@mecha/spec";
import type { ConnectionTarget } from "./environment.js";
import type { EmbeddedRuntimeModule, RuntimeConnection } from "./runtime-connection.js";

/**
 * Opens a connection of its own to a target.
 *
 * @throws MechaError `CONFIGURATION_INVALID` if the embedded runtime is not installed, or what the runtime throws.
 */
export async function openConnection(target: ConnectionTarget): Promise<RuntimeConnection> {
  if (target.mode === "embedded") {
    const runtime = await loadEmbeddedRuntime();
    const { mode: _, ...options } = target;
    return runtime.openEmbeddedRuntime(options);
  }
  // Only who talks to a sidecar loads what it takes.
  const { createGrpcTransport } = await import("../grpc/grpc-transport.js");
  const { endpoint: address, httpEndpoint, options } = target;
  const transport = createGrpcTransport({ ...options, address });
  const close = (): Promise<void> => transport.close();
  return {
    mode: "sidecar",
    address,
    options,
    transport,
    close,
    ...(httpEndpoint !== undefined && { httpEndpoint }),
  };
}

/** Loads the runtime package; `load` stands for the import. */
export async function loadEmbeddedRuntime(
  load: () => Promise<EmbeddedRuntimeModule> = () => import("@mecha/runtime"),
): Promise<EmbeddedRuntimeModule> {
  try {
    return await load();
  } catch (cause) {
    const message = isMissing(cause)
      ? "The embedded runtime is not installed. Add @mecha/runtime to the dependencies, or name a sidecar with DAPR_GRPC_ENDPOINT."
      : `The embedded runtime could not be loaded: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new MechaError("CONFIGURATION_INVALID", message, { cause, operation: "connect" });
  }
}

/** Whether the package itself was not found, and not something that it needs. */
function isMissing(cause: unknown): boolean {
  const { code, message = "" } = cause as Partial<NodeJS.ErrnoException>;
  const isNotFound = code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND";
  // What was looked for comes before who looked for it, which may lie inside of the package.
  const wanted = message.split("\n", 1)[0]?.split(" imported from ", 1)[0] ?? "";
  return isNotFound && wanted.includes("'@mecha/runtime'");
}

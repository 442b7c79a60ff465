import type { EmbeddedRuntimeOptions, RuntimeConnection } from "@mecha/sdk-core/protocol";
import { createRuntime } from "./runtime.js";

/**
 * Opens the embedded runtime for `connect()` of `@mecha/sdk-core`: resources read, components started, ready for calls.
 *
 * @throws MechaError as {@link createRuntime}
 */
export async function openEmbeddedRuntime({
  appId,
  resourcesPaths,
}: EmbeddedRuntimeOptions): Promise<RuntimeConnection> {
  const runtime = await createRuntime({ appId, resourcesPaths });
  return {
    transport: runtime.transport,
    mode: "embedded",
    attachApp: (channel) => runtime.attachApp(channel),
    close: () => runtime.close(),
  };
}

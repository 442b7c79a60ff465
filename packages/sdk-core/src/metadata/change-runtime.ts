import { MechaError } from "@mecha/spec";
import { metadataMethods } from "../generated/methods/metadata.js";
import { callOf, type CallEnd } from "../transport/call-options.js";
import type { Transport } from "../transport/transport.js";

/** How to end a runtime. */
export interface ShutdownOptions extends CallEnd {
  /** daprd exits at once, with status 1, and waits for nothing. @defaultValue `false` */
  readonly force?: boolean;
}

// The last write wins, so a second one of the same changes nothing.
const setting = { operation: "metadata.set", idempotent: true };

/**
 * Notes a value in the runtime's extended metadata (SetMetadata).
 *
 * @throws MechaError `INVALID_ARGUMENT` for an empty key, which runtimes ignore in silence.
 */
export async function setRuntimeMetadata(
  transport: Transport,
  { key, value }: { readonly key: string; readonly value: string },
  options?: CallEnd,
): Promise<void> {
  if (key === "") {
    throw new MechaError("INVALID_ARGUMENT", "Metadata of the runtime needs a key", { operation: setting.operation });
  }
  await transport.unary(metadataMethods.setMetadata, { key, value }, callOf(setting, options));
}

const shutdown = { operation: "runtime.shutdown" };

/** Header by which daprd knows that it shall wait for nothing. */
const forceHeader = "dapr-force-shutdown";

/** Asks the runtime to end (Shutdown). */
export async function shutDownRuntime(transport: Transport, options: ShutdownOptions = {}): Promise<void> {
  const { force = false, ...end } = options;
  const call = callOf(shutdown, end);
  await transport.unary(metadataMethods.shutdown, {}, force ? { ...call, metadata: { [forceHeader]: "true" } } : call);
}

import { MechaError } from "@mecha/spec";
import { metadataMethods } from "../generated/methods/metadata.js";
import {
  type ActorRuntime as ActorRuntimeMessage,
  ActorRuntime_ActorRuntimeStatus as Status,
} from "../generated/dapr/proto/runtime/v1/metadata.js";
import type { Transport } from "../transport/transport.js";

/**
 * Sees that a sidecar hosts what was registered. It takes the stream in silence where it cannot, and forgets types when an older
 * stream of theirs ends.
 *
 * @throws MechaError `FAILED_PRECONDITION` if the sidecar has no placement service; `UNAVAILABLE` if it has to be told again.
 */
export async function verifyHosted(transport: Transport, types: readonly string[]): Promise<void> {
  const subject = { operation: "actors.host", idempotent: true };
  const { actorRuntime } = await transport.unary(metadataMethods.getMetadata, {}, { subject });
  if (actorRuntime?.runtimeStatus === Status.DISABLED) {
    throw refusal(
      "FAILED_PRECONDITION",
      types,
      "the sidecar has no placement service; start it with --placement-host-address",
    );
  }
  const missing = types.filter((type) => !isHosted(type, actorRuntime));
  if (missing.length > 0) {
    throw refusal("UNAVAILABLE", types, `the sidecar does not know of ${missing.join(", ")}; it is told again`);
  }
}

function isHosted(type: string, runtime: ActorRuntimeMessage | undefined): boolean {
  return runtime?.activeActors.some((active) => active.type === type) ?? false;
}

function refusal(code: "FAILED_PRECONDITION" | "UNAVAILABLE", types: readonly string[], why: string): MechaError {
  const names = types.map((type) => `"${type}"`).join(", ");
  return new MechaError(code, `This app hosts actors of type ${names}, but ${why}`, { operation: "actors.host" });
}

import { MechaError } from "@mecha/spec";
import { ActorRuntime_ActorRuntimeStatus as Status } from "../generated/dapr/proto/runtime/v1/metadata.js";
import { metadataMethods } from "../generated/methods/metadata.js";
import type { Transport } from "../transport/transport.js";

/**
 * Says whether a sidecar hosts the types that were registered: it forgets those of a new stream when an older one ends late.
 *
 * @throws MechaError `FAILED_PRECONDITION` if the sidecar cannot host actors, although it takes the stream.
 */
export async function isHosting(transport: Transport, types: readonly string[]): Promise<boolean> {
  const subject = { operation: "actors.host", idempotent: true };
  const { actorRuntime } = await transport.unary(metadataMethods.getMetadata, {}, { subject });
  if (actorRuntime?.runtimeStatus === Status.DISABLED) {
    const names = types.map((type) => `"${type}"`).join(", ");
    throw new MechaError(
      "FAILED_PRECONDITION",
      `This app hosts actors of type ${names}, but the sidecar has no placement service; start it with --placement-host-address`,
      { operation: "actors.host" },
    );
  }
  const hosted = new Set(actorRuntime?.activeActors.map(({ type }) => type));
  return types.every((type) => hosted.has(type));
}

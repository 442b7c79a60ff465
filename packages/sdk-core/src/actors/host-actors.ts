import { MechaError } from "@mecha/spec";
import type { RuntimeConnection } from "../connection/runtime-connection.js";
import { metadataMethods } from "../generated/methods/metadata.js";
import {
  type ActorRuntime as ActorRuntimeMessage,
  ActorRuntime_ActorRuntimeStatus as Status,
} from "../generated/dapr/proto/runtime/v1/metadata.js";
import type { Transport } from "../transport/transport.js";
import { type ActorStreamOptions, openActorStream, type StreamedActors } from "./actor-stream.js";

/**
 * Lets the runtime call the actors of this app, over a stream that it needs no port for.
 *
 * @returns once calls arrive, with a function that waits for the turns under way and lets the actors go
 * @throws MechaError `UNIMPLEMENTED` if the runtime has no actors; `FAILED_PRECONDITION` if the sidecar has no placement
 * service, or speaks HTTP with its app.
 */
export async function hostActors(
  connection: Pick<RuntimeConnection, "mode" | "transport">,
  actors: StreamedActors,
  { onError }: Pick<ActorStreamOptions, "onError"> = {},
): Promise<() => Promise<void>> {
  const { transport, mode } = connection;
  if (mode === "embedded") {
    throw refusal(
      "UNIMPLEMENTED",
      actors,
      "the embedded runtime has no actors yet; use a sidecar (DAPR_GRPC_PORT) with placement and scheduler",
    );
  }
  const stream = openActorStream(transport, actors, {
    verify: () => verifyHosted(transport, actors),
    ...(onError !== undefined && { onError }),
  });
  try {
    await stream.ready;
  } catch (error) {
    await stream.close();
    throw error;
  }
  return () => stream.close();
}

/** A sidecar takes the stream in silence where it cannot host actors, and forgets types when an older stream of theirs ends. */
async function verifyHosted(transport: Transport, actors: StreamedActors): Promise<void> {
  const subject = { operation: "actors.host", idempotent: true };
  const { actorRuntime } = await transport.unary(metadataMethods.getMetadata, {}, { subject });
  if (actorRuntime?.runtimeStatus === Status.DISABLED) {
    throw refusal(
      "FAILED_PRECONDITION",
      actors,
      "the sidecar has no placement service; start it with --placement-host-address",
    );
  }
  const missing = actors.types.filter((type) => !isHosted(type, actorRuntime));
  if (missing.length > 0) {
    throw refusal("UNAVAILABLE", actors, `the sidecar does not know of ${missing.join(", ")}; it is told again`);
  }
}

function isHosted(type: string, runtime: ActorRuntimeMessage | undefined): boolean {
  return runtime?.activeActors.some((active) => active.type === type) ?? false;
}

function refusal(
  code: "UNIMPLEMENTED" | "FAILED_PRECONDITION" | "UNAVAILABLE",
  { types }: StreamedActors,
  why: string,
): MechaError {
  const names = types.map((type) => `"${type}"`).join(", ");
  return new MechaError(code, `This app hosts actors of type ${names}, but ${why}`, { operation: "actors.host" });
}

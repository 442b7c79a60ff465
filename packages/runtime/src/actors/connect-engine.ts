import type { Transport } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { checkRuntimeFolder } from "../instances/checked-folder.js";
import type { EngineContext } from "./engine.js";
import { envelopeBytes } from "./engine-door.js";
import { EngineLost } from "./engine-lost.js";
import { socketPath } from "./engine-socket.js";

/**
 * Makes a connection to the engine that takes calls at a socket.
 *
 * @throws MechaError `CONFIGURATION_INVALID` if others may have put the socket there; EngineLost if there is no such folder
 */
export async function connectEngine(
  { folder, maxMessageBytes }: Pick<EngineContext, "folder" | "maxMessageBytes">,
  socket: string,
): Promise<Transport> {
  await checkRuntimeFolder(folder).catch((thrown: unknown) => {
    throw MechaError.is(thrown) ? thrown : new EngineLost(MechaError.from(thrown));
  });
  const { createGrpcTransport } = await import("@mecha/sdk-core/grpc");
  const address = `unix:${socketPath(folder, socket)}`;
  return createGrpcTransport({ address, environment: {}, maximumMessageBytes: maxMessageBytes + envelopeBytes });
}

/**
 * Throws what a call to an engine ended with. An engine says why it cannot be had, by a reason; a connection that broke
 * does not.
 */
export function explained(thrown: unknown): never {
  const error = MechaError.from(thrown);
  throw error.code === "UNAVAILABLE" && error.reason === undefined ? new EngineLost(error) : error;
}

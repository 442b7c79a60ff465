import type { MechaError } from "@mecha/spec";
import { isHeld, takeLease } from "../scheduling/lease.js";
import { thisProcess } from "../scheduling/machine.js";
import { schedulerKeys } from "../scheduling/scheduler-keys.js";
import { actorError } from "./actor-errors.js";
import { findActorStore } from "./actor-store.js";
import type { Engine, EngineContext } from "./engine.js";
import { connectEngine } from "./connect-engine.js";
import { newSocketName, removeSocket } from "./engine-socket.js";
import { LocalEngine } from "./local-engine.js";
import { RemoteEngine } from "./remote-engine.js";

/**
 * Opens the engine of actors, reminders and jobs: here, if this process gets their lease, else in the process of this machine
 * that has it.
 *
 * @param onLost - hears that the engine is gone; it is to be opened again
 * @throws MechaError `INTERNAL` (`ERR_ACTOR_RUNTIME_NOT_FOUND`) if no state store is for actors, `FAILED_PRECONDITION` if another
 * machine has the lease
 */
export async function openEngine(context: EngineContext, onLost: () => void): Promise<Engine> {
  const { appId, registry, clock } = context;
  const actorStore = findActorStore(registry);
  if (actorStore === undefined) throw noActorStore();
  const socket = newSocketName();
  const lease = await takeLease({
    store: actorStore.bare,
    storeName: actorStore.name,
    key: schedulerKeys(appId).lease,
    self: thisProcess(),
    socket,
    clock,
  });
  if (!isHeld(lease)) return new RemoteEngine(await connectEngine(context, lease.socket), onLost);
  if (lease.replaced !== undefined) removeSocket(context.folder, lease.replaced.socket);
  const engine = new LocalEngine({ ...context, onLost }, actorStore, lease);
  try {
    await engine.start(socket);
  } catch (error) {
    // Others may fare better.
    await engine.close(0).catch(() => undefined);
    throw error;
  }
  return engine;
}

function noActorStore(): MechaError {
  return actorError(
    "runtimeNotFound",
    'the state store is not configured to use the actor runtime. Have you set the - name: actorStateStore value: "true" in your state store component file? Actors, reminders and jobs are kept there.',
    { operation: "actors.open" },
  );
}

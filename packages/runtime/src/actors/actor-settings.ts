import type { actors } from "@mecha/sdk-core/protocol";

/** How the actors of a type are treated. */
export interface ActorSettings {
  /** After how long without a call an actor is deactivated. */
  readonly idleTimeoutMs: number;
  /** How long a turn under way may take when its runtime closes. */
  readonly drainTimeoutMs: number;
  /** How many calls one turn may be made of; 1 for a type that is not reentrant. */
  readonly maxDepth: number;
}

/** daprd's. */
const defaults = { idleTimeoutMs: 3_600_000, drainTimeoutMs: 2_000, depth: 32 };

/** Reads with what settings a host registers a type: those of the type go before those of the host. */
export function actorSettings(type: string, config: actors.SubscribeActorEventsRequestInitialAlpha1): ActorSettings {
  const own = config.entitiesConfig.find(({ entities }) => entities.includes(type));
  const reentrancy = own?.reentrancy ?? config.reentrancy;
  const drains = own?.drainRebalancedActors ?? config.drainRebalancedActors ?? true;
  return {
    idleTimeoutMs: milliseconds(own?.actorIdleTimeout ?? config.actorIdleTimeout) ?? defaults.idleTimeoutMs,
    drainTimeoutMs: drains
      ? (milliseconds(own?.drainOngoingCallTimeout ?? config.drainOngoingCallTimeout) ?? defaults.drainTimeoutMs)
      : 0,
    maxDepth: reentrancy?.enabled === true ? (reentrancy.maxStackDepth ?? defaults.depth) : 1,
  };
}

/** No time at all is none that was set. */
function milliseconds(
  duration: actors.SubscribeActorEventsRequestInitialAlpha1["actorIdleTimeout"],
): number | undefined {
  if (duration === undefined) return undefined;
  const sum = Number(duration.seconds) * 1_000 + duration.nanos / 1e6;
  return sum > 0 ? sum : undefined;
}

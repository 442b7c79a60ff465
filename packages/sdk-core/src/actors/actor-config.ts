import type {
  ActorEntityConfig,
  SubscribeActorEventsRequestInitialAlpha1,
} from "../generated/dapr/proto/runtime/v1/actors.js";
import type { ActorOptions } from "./actor-definition.js";
import { toProtoDuration } from "./dapr-duration.js";

/** How types of actors are registered with a runtime: each with settings of its own. */
export function registrationOf(types: readonly ActorOptions[]): SubscribeActorEventsRequestInitialAlpha1 {
  return { entities: types.map(({ type }) => type), entitiesConfig: types.map(toEntityConfig) };
}

function toEntityConfig({ type, idleTimeoutMs, drainTimeoutMs, reentrancy }: ActorOptions): ActorEntityConfig {
  return {
    entities: [type],
    actorIdleTimeout: idleTimeoutMs === undefined ? undefined : toProtoDuration(idleTimeoutMs),
    drainOngoingCallTimeout: typeof drainTimeoutMs === "number" ? toProtoDuration(drainTimeoutMs) : undefined,
    drainRebalancedActors: drainTimeoutMs === undefined ? undefined : drainTimeoutMs !== false,
    reentrancy:
      reentrancy === undefined
        ? undefined
        : {
            enabled: reentrancy !== false,
            maxStackDepth: typeof reentrancy === "object" ? reentrancy.maxDepth : undefined,
          },
  };
}

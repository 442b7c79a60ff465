import type {
  ActorEntityConfig,
  SubscribeActorEventsRequestInitialAlpha1,
} from "../generated/dapr/proto/runtime/v1/actors.js";
import type { Duration } from "../generated/google/protobuf/duration.js";

/** The registration of actors in the form in which daprd reads it from GET /dapr/config. */
export function toActorConfigJson(config: SubscribeActorEventsRequestInitialAlpha1): unknown {
  return { ...settings(config), entitiesConfig: config.entitiesConfig.map(settings) };
}

function settings(config: Omit<ActorEntityConfig, never>): Record<string, unknown> {
  const { entities, actorIdleTimeout, drainOngoingCallTimeout, drainRebalancedActors, reentrancy } = config;
  return {
    entities,
    ...(actorIdleTimeout && { actorIdleTimeout: goDuration(actorIdleTimeout) }),
    ...(drainOngoingCallTimeout && { drainOngoingCallTimeout: goDuration(drainOngoingCallTimeout) }),
    ...(drainRebalancedActors !== undefined && { drainRebalancedActors }),
    ...(reentrancy && { reentrancy }),
  };
}

/** As Go writes durations. */
function goDuration({ seconds, nanos }: Duration): string {
  return `${seconds}s${nanos === 0 ? "" : `${nanos}ns`}`;
}

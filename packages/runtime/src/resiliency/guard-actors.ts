import type { ActorChannel, actors, CallContext, DaprHandlers } from "@mecha/sdk-core/protocol";
import { MechaError, type MechaErrorCode } from "@mecha/spec";
import { actorErrorFrom } from "../actors/actor-errors.js";
import { isMarkedFailed } from "../actors/failed-reply.js";
import { isPolicyFailure } from "./policy-failure.js";
import type { Resiliency } from "./resiliency.js";
import { runCall } from "./run-call.js";

type InvokeActor = NonNullable<DaprHandlers["invokeActor"]>;

/** What daprd finds before it asks for policies: such calls are no failures of an actor. */
const refusals: ReadonlySet<MechaErrorCode> = new Set<MechaErrorCode>(["INVALID_ARGUMENT", "PERMISSION_DENIED"]);

/** How daprd tells of a method that an actor does not have, which it will not have the next time either. */
const missingMethod = /\bactor method not found: /u;

/** InvokeActor under the retries and the circuit breaker of its type, which are about the way to the actor as well. */
export function guardActorCalls(invoke: InvokeActor, resiliency: Resiliency): InvokeActor {
  return async (request, context) => {
    const policy = resiliency.actorCall(request.actorType, request.actorId);
    if (policy === undefined) return invoke(request, context);
    const call = async (attempt: CallContext) => {
      const response = await invoke(request, attempt).catch((thrown: unknown) => {
        if (MechaError.is(thrown) && refusals.has(thrown.code)) return thrown;
        throw thrown;
      });
      if (!MechaError.is(response) && isMarkedFailed(response)) throw new ToldFailure(response);
      return response;
    };
    const isFinal = (error: unknown): boolean => MechaError.is(error) && missingMethod.test(error.message);
    const answer = await runCall(policy, context, call, { isFinal }).catch((thrown: unknown) => {
      if (thrown instanceof ToldFailure) return thrown.response;
      throw isPolicyFailure(thrown) ? actorErrorFrom("invoke", "error invoke actor method", thrown) : thrown;
    });
    if (MechaError.is(answer)) throw answer;
    return answer;
  };
}

/** A method that failed and has told how: the caller gets that if it was the last attempt. */
class ToldFailure extends Error {
  readonly response: actors.InvokeActorResponse;

  constructor(response: actors.InvokeActorResponse) {
    super("the method of the actor told that it failed");
    this.response = response;
  }
}

/** A host of actors whose turns have the timeouts of their types: methods, timers and reminders. */
export function guardActorHost(host: ActorChannel, resiliency: Resiliency): ActorChannel {
  if (!host.types.some((type) => resiliency.actorTurn(type) !== undefined)) return host;
  const within = <R extends { readonly actorType: string }, T>(
    task: (request: R, context: CallContext) => Promise<T>,
  ) => {
    return (request: R, context: CallContext): Promise<T> => {
      const policy = resiliency.actorTurn(request.actorType);
      return policy === undefined
        ? task(request, context)
        : runCall(policy, context, (attempt) => task(request, attempt));
    };
  };
  return {
    types: host.types,
    config: host.config,
    invoke: within(host.invoke),
    timer: within(host.timer),
    reminder: within(host.reminder),
    deactivate: host.deactivate,
  };
}

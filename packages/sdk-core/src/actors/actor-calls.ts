import type { ActorAddress } from "../app/actor-channel.js";
import { type Codec, contentTypeOf, decodeValue, encodeValue } from "../codec.js";
import type { FacadeContext } from "../facade-context.js";
import { actorsMethods } from "../generated/methods/actors.js";
import { callOf, type CallEnd } from "../transport/call-options.js";
import type { Metadata } from "../transport/transport.js";
import { actorName } from "./actor-address.js";
import { fromActorFailure } from "./actor-failure.js";
import { currentTurn } from "./actor-turn.js";
import { traceHeaders } from "./trace-headers.js";

/** How to call a method of an actor. */
export interface InvokeActorOptions extends CallEnd {
  /** Headers for the actor's host. */
  readonly metadata?: Metadata;
  /**
   * Marks the calls that belong together: an actor of a reentrant type may be called again by one that it is waiting for.
   *
   * @defaultValue that of the turn in which the call is made; none outside of turns
   */
  readonly reentrancyId?: string;
  /** How the reply is read. @defaultValue `json` */
  readonly codec?: Codec;
}

/** Calls methods of one actor. */
export interface ActorCalls {
  /**
   * Calls a method and decodes the reply; `undefined` for an empty one (Dapr's InvokeActor).
   *
   * It is never sent twice by itself.
   *
   * @param method - name of the method
   * @param data - a JSON value, or bytes
   * @throws MechaError with the code and message of what the method threw, where its host is ours; `NOT_FOUND` if the actor
   * has no such method.
   */
  invoke<T = unknown>(method: string, data?: unknown, options?: InvokeActorOptions): Promise<T>;
}

/** Where Dapr keeps the id of calls that belong together. */
export const reentrancyHeader = "Dapr-Reentrancy-Id";

/** Makes the calls of one actor. */
export function createActorCalls({ transport }: Pick<FacadeContext, "transport">, address: ActorAddress): ActorCalls {
  const subject = { operation: "actors.invoke", component: address.actorType };
  return {
    async invoke<T>(method: string, data?: unknown, options: InvokeActorOptions = {}): Promise<T> {
      const what = `method "${method}" of ${actorName(address)}`;
      const trace = traceHeaders();
      const request = {
        ...address,
        method,
        data: data === undefined ? Buffer.alloc(0) : encodeValue(data, "json", `The data for ${what}`),
        metadata: headers(data, options, trace instanceof Promise ? await trace : trace),
      };
      try {
        const reply = await transport.unary(actorsMethods.invokeActor, request, callOf(subject, options));
        // The caller names the type of the reply; nothing here can check it.
        return decodeValue(reply.data, options.codec ?? "json", `The reply of ${what}`) as T;
      } catch (thrown) {
        throw fromActorFailure(thrown, what, subject);
      }
    },
  };
}

function headers(
  data: unknown,
  { metadata, reentrancyId = currentTurn()?.reentrancyId }: InvokeActorOptions,
  trace: Metadata,
): Metadata {
  return {
    "content-type": data instanceof Uint8Array ? contentTypeOf.bytes : contentTypeOf.json,
    ...trace,
    ...metadata,
    ...(reentrancyId !== undefined && { [reentrancyHeader]: reentrancyId }),
  };
}

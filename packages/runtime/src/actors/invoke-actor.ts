import { randomUUID } from "node:crypto";
import type { actors, Metadata, UnaryHandler } from "@mecha/sdk-core/protocol";
import { withMetadata } from "../doors/derived-call.js";
import { isPolicyFailure } from "../resiliency/policy-failure.js";
import { actorErrorFrom } from "./actor-errors.js";
import { checkName, methodPath, noAddress } from "./actor-names.js";
import type { ActorTable } from "./actor-table.js";
import { invokeFailure, isHostLost } from "./app-failure.js";
import { markFailed } from "./failed-reply.js";

/** Where Dapr keeps the id of calls that belong together, in lower case. */
const reentrancyHeader = "dapr-reentrancy-id";

/**
 * Dapr's InvokeActor: calls a method in a turn of the actor. A call within a turn, which says so by its `Dapr-Reentrancy-Id`,
 * enters it where the type is reentrant.
 */
export function invokeActor(table: ActorTable): UnaryHandler<actors.InvokeActorRequest, actors.InvokeActorResponse> {
  return async ({ actorType, actorId, method: asked, data, metadata }, context) => {
    checkName(actorType, "actorType");
    checkName(actorId, "actorId");
    const method = methodPath(asked);
    if (actorId === "") throw noAddress({ actorType, actorId });
    const headers = headersOf(metadata);
    const { maxDepth = 1 } = table.types.settings(actorType) ?? {};
    if (maxDepth > 1) headers[reentrancyHeader] ??= randomUUID();
    const turn = { reentrancyId: headers[reentrancyHeader], context };
    return table.turn({ actorType, actorId }, turn, async (host) => {
      const call = { actorType, actorId, method, data, metadata: headers };
      try {
        const reply = await host.invoke(call, withMetadata(context, headers));
        const response = { data: Buffer.from(reply.data.buffer, reply.data.byteOffset, reply.data.byteLength) };
        return reply.failed === true ? markFailed(response) : response;
      } catch (thrown) {
        if (isHostLost(thrown) || isPolicyFailure(thrown))
          throw actorErrorFrom("invoke", "error invoke actor method", thrown);
        throw invokeFailure(thrown, method);
      }
    });
  };
}

function headersOf(metadata: Metadata): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(metadata)) headers[name.toLowerCase()] = value;
  headers["dapr-api-call"] = "true";
  return headers;
}

import type { CallContext } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import type { AppHttpClient } from "../app-channel/http-exchange.js";
import { httpInvocation, type InvocationMembers } from "../app-channel/http-invocation.js";
import { wholeAnswerKey } from "../app-channel/whole-answer.js";
import { withMetadata } from "../doors/derived-call.js";
import { daprError } from "../errors/dapr-error.js";

/** Headers that say who calls whom between apps, and what lets a caller into this runtime; no server outside gets them. */
const ownHeaders = /^(?:dapr-|mecha-)/u;

/**
 * Invokes a server outside as if it were an app with HTTP routes: statuses and headers are the same, over every door.
 *
 * @param id - what the caller named: the endpoint, or the address
 */
export function endpointInvocation(id: string, client: AppHttpClient, maxMessageBytes: number): InvocationMembers {
  const { invoke, invokeStreamed } = httpInvocation(client, maxMessageBytes);
  return {
    invoke: (request, context) => orDirectInvoke(id, invoke(request, outward(context))),
    invokeStreamed: (invocation, context) => orDirectInvoke(id, invokeStreamed(invocation, outward(context))),
  };
}

function outward(context: CallContext): CallContext {
  const metadata = Object.entries(context.metadata).filter(
    ([name]) =>
      // What is asked of the answer is read here, and taken out before the request goes out.
      name === wholeAnswerKey || !ownHeaders.test(name),
  );
  return withMetadata(context, Object.fromEntries(metadata));
}

/** A server that does not answer is what daprd calls a failed invocation, whatever the reason. */
async function orDirectInvoke<T>(id: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (thrown) {
    if (!MechaError.is(thrown) || thrown.code !== "UNAVAILABLE" || thrown.operation !== "app.call") throw thrown;
    const reason = thrown.cause instanceof Error ? thrown.cause.message : thrown.message;
    throw daprError("directInvoke", `failed to invoke, id: ${id}, err: ${reason}`, {
      operation: "invocation.invoke",
      cause: thrown,
    });
  }
}

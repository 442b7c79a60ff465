import type { CallContext } from "@mecha/sdk-core/protocol";
import type { ConversationReply, ConversationRequest } from "@mecha/spec";
import { cancellationOf } from "../doors/cancellation.js";
import { componentFailure, daprError } from "../errors/dapr-error.js";
import type { RunningComponent } from "../registry.js";

/** Refuses a request without inputs, with daprd's words. */
export function refuseNoInputs(component: string, inputs: readonly unknown[]): void {
  if (inputs.length > 0) return;
  const message = `failed conversing with component ${component}: missing inputs in request`;
  throw daprError("conversationMissingInputs", message, { component });
}

/** Has a component take one turn. */
export async function converse(
  { name, component }: RunningComponent<"conversation">,
  request: ConversationRequest,
  context: CallContext,
): Promise<ConversationReply> {
  try {
    return await component.converse(request, cancellationOf(context));
  } catch (thrown) {
    throw componentFailure("conversationInvoke", `failed conversing with component ${name}`, thrown, name);
  }
}

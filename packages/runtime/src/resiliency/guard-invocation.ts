import type { DaprHandlers } from "@mecha/sdk-core/protocol";
import { wholeAnswerKey } from "../app-channel/whole-answer.js";
import type { Resiliency } from "./resiliency.js";
import { runCall } from "./run-call.js";

type InvokeService = NonNullable<DaprHandlers["invokeService"]>;

/**
 * InvokeService under the policies of apps. As in daprd 1.18, every failure is tried again here, also what the app itself says:
 * the `matching` of a retry policy is for calls over HTTP. Those come with their policy applied.
 */
export function guardInvocation(invoke: InvokeService, resiliency: Resiliency): InvokeService {
  return (request, context) => {
    const { id, message } = request;
    if (id === "" || context.metadata[wholeAnswerKey] !== undefined) return invoke(request, context);
    const policy = resiliency.endpoint(id, `${id}:${message?.method ?? ""}`);
    if (policy === undefined) return invoke(request, context);
    return runCall(policy, context, (attempt) => invoke(request, attempt));
  };
}

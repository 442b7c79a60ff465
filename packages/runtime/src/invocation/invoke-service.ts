import type { CallContext, common, DaprHandlers, invocation, UnaryHandler } from "@mecha/sdk-core/protocol";
import { callerMetadata } from "../access/caller.js";
import { withMetadata } from "../doors/derived-call.js";
import { daprError } from "../errors/dapr-error.js";
import type { AttachedApps } from "./attached-apps.js";
import { localAppId } from "./local-app-id.js";

/** Calls an app in another process of this machine. */
export type RemoteInvoke = (
  appId: string,
  request: common.InvokeRequest,
  context: CallContext,
) => Promise<common.InvokeResponse>;

/** What service invocation needs. */
export interface InvocationContext {
  readonly appId: string;
  readonly apps: AttachedApps;
  readonly invokeRemote: RemoteInvoke;
}

/**
 * Dapr's InvokeService: the app of this process if it is the one that is meant, else one of the app's processes on this
 * machine. Headers go with the call; headers and trailers of the answer come back.
 */
function invokeService({
  appId,
  apps,
  invokeRemote,
}: InvocationContext): UnaryHandler<invocation.InvokeServiceRequest, common.InvokeResponse> {
  const caller = callerMetadata(appId);
  return async ({ id, message }, context) => {
    if (id === "") throw daprError("directInvoke", "failed to invoke, id: , err: app id is empty");
    if (message === undefined) throw daprError("directInvoke", `failed to invoke, id: ${id}, err: message is nil`);
    const callee = id === appId ? id : localAppId(id);
    const metadata: Record<string, string> = { ...context.metadata, ...caller, "dapr-callee-app-id": callee };
    // The token lets a caller into this runtime; the app that is called must not get to know it.
    if ("dapr-api-token" in metadata) delete metadata["dapr-api-token"];
    const call = withMetadata(context, metadata);
    return callee === appId && apps.canInvoke ? apps.invoke(message, call) : invokeRemote(id, message, call);
  };
}

/** The RPCs of the service invocation building block. */
export function invocationHandlers(context: InvocationContext): DaprHandlers {
  return { invokeService: invokeService(context) };
}

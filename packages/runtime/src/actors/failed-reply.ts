import type { actors } from "@mecha/sdk-core/protocol";

const failed = new WeakSet<actors.InvokeActorResponse>();

/** Notes that a method has failed and told so in its data: callers get them as they are, but policies count and repeat the call. */
export function markFailed(response: actors.InvokeActorResponse): actors.InvokeActorResponse {
  failed.add(response);
  return response;
}

/** Whether a method has told in its data that it failed. Known in the process that ran it. */
export function isMarkedFailed(response: actors.InvokeActorResponse): boolean {
  return failed.has(response);
}

import { type ComponentContext, MechaError, type PublishCancellation } from "@mecha/spec";

/** The error for a call on a component that was closed. */
export function pubSubClosed(
  context: ComponentContext,
  operation: "pubsub.ping" | "pubsub.publish" | "pubsub.subscribe",
): MechaError {
  return new MechaError("UNAVAILABLE", `Pub/sub "${context.name}" (${context.type}) is closed`, {
    component: context.name,
    operation,
  });
}

/** Throws if a publish was cancelled before it began. */
export function refuseAborted(context: ComponentContext, options: PublishCancellation | undefined): void {
  if ((options?.isCancelled ?? options?.signal?.aborted) !== true) return;
  throw MechaError.from(options?.signal?.reason, `Publish to "${context.name}"`);
}

/** Refuses what no broker of ours can hold: an empty topic. */
export function refuseBadTopic(context: ComponentContext, topic: string): void {
  if (topic !== "") return;
  throw new MechaError("INVALID_ARGUMENT", `Pub/sub "${context.name}" (${context.type}): the topic is empty`, {
    component: context.name,
  });
}

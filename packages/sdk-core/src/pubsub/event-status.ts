import { MechaError } from "@mecha/spec";
import type { TopicEventResponse_TopicEventResponseStatus as Status } from "../generated/dapr/proto/runtime/v1/appcallback.js";

/** What a handler says of an event: done, deliver it again, or give it up. */
export type EventOutcome = "success" | "retry" | "drop";

/* eslint-disable @typescript-eslint/no-unsafe-enum-assignment -- the enum itself would load the messages of the whole app side
   with the package; the compiler compares the numbers with it */
const success: Status.SUCCESS = 0;
const retry: Status.RETRY = 1;
const drop: Status.DROP = 2;
/* eslint-enable @typescript-eslint/no-unsafe-enum-assignment */
const statuses: ReadonlyMap<string, Status> = new Map<string, Status>(Object.entries({ success, retry, drop }));

/** What a runtime is told of a handler's outcome; no outcome at all is a success. */
export function statusOf(outcome: EventOutcome | undefined | void): Status {
  // What is no outcome of ours, from code without types, is not taken for a success.
  return statuses.get(outcome ?? "success") ?? retry;
}

/**
 * The error that says that a handler failed.
 *
 * @param what - what it handled, for example `event 42`
 */
export function handlerFailed(
  what: string,
  { topic, pubsubName }: { readonly topic: string; readonly pubsubName: string },
  cause: unknown,
): MechaError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new MechaError(
    "UNKNOWN",
    `The handler of ${what} of topic "${topic}" of "${pubsubName}" failed, it is to be delivered again: ${reason}`,
    { cause, component: pubsubName, operation: "pubsub.handle" },
  );
}

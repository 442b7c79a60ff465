import { appCallback } from "@mecha/sdk-core/protocol";
import type { DeliveryOutcome } from "@mecha/spec";

const { SUCCESS, DROP } = appCallback.TopicEventResponse_TopicEventResponseStatus;

/** What an app's word on an event means to the component. */
export function outcomeOf(status: appCallback.TopicEventResponse_TopicEventResponseStatus): DeliveryOutcome {
  if (status === SUCCESS) return "success";
  // A status that is not known means another delivery, as in daprd.
  return status === DROP ? "drop" : "retry";
}

import type { appCallback } from "@mecha/sdk-core/protocol";
import { topicStatus } from "@mecha/sdk-core/protocol-core";
import type { DeliveryOutcome } from "@mecha/spec";

/** What an app's word on an event means to the component. */
export function outcomeOf(status: appCallback.TopicEventResponse_TopicEventResponseStatus): DeliveryOutcome {
  if (status === topicStatus.SUCCESS) return "success";
  // A status that is not known means another delivery, as in daprd.
  return status === topicStatus.DROP ? "drop" : "retry";
}

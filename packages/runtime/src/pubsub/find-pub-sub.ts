import { daprError } from "../errors/dapr-error.js";
import type { Registry, RunningComponent } from "../registry.js";

/**
 * Finds the pub/sub component of a request and checks its topic, in daprd's order.
 *
 * @throws MechaError with daprd's code and reason.
 */
export function findPubSub(registry: Registry, pubsubName: string, topic: string): RunningComponent<"pubsub"> {
  if (pubsubName === "") throw daprError("pubsubNameEmpty", "pubsub name is empty");
  const running = registry.get("pubsub", pubsubName);
  if (topic === "")
    throw daprError("pubsubTopicEmpty", `topic is empty in pubsub ${pubsubName}`, { component: pubsubName });
  return running;
}
